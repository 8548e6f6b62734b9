"""`accord protocol …`: what it prints, and what its exit code says."""

from __future__ import annotations

import io
import json
from importlib import resources

import jsonschema
import pytest

from portal import cli
from protocols.terms import load, to_world

MODEL = resources.files("protocols").joinpath("data", "model-protocol.toml").read_text(encoding="utf-8")
SCHEMAS = resources.files("protocols").joinpath("..", "docs", "schema")


def body(code, kind, *, public=True, trained="2026-01-01"):
    people = [
        {"code": f"{code}-officer", "roles": ["officer"]},
        {"code": f"{code}-liaison", "roles": ["liaison-officer"]},
    ]
    return {
        "code": code,
        "name": code.replace("-", " ").title(),
        "body_type": kind,
        "public_authority": public,
        "memberships": [{"partnership": "model-csp"}],
        "officers": people,
        "liaison_officers": [{"officer": f"{code}-liaison", "trained_on": [trained]}],
    }


def a_world(signed=("model-council", "model-police", "model-homes")):
    form = to_world(load(MODEL)) | {
        "signatures": [{"organisation": each, "signed_on": "2026-03-20"} for each in signed]
    }
    homes = body("model-homes", "almo") | {"delegations": [{"principal": "model-council", "purposes": ["asb-case"]}]}
    bodies = [
        body("model-council", "council"),
        body("model-police", "police"),
        body("model-fire", "fire"),
        body("model-icb", "icb"),
        homes,
        body("model-housing-trust", "housing-association", public=False),
    ]
    return {"organisations": bodies, "protocols": [form]}


@pytest.fixture
def world(tmp_path):
    path = tmp_path / "world.json"
    path.write_text(json.dumps(a_world()), encoding="utf-8")
    return str(path)


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(MODEL, encoding="utf-8")
    return path


def explain(world, supplier, recipient, purpose, fields, *more):
    asked = ["--from", supplier, "--to", recipient, "--purpose", purpose, "--fields", fields, "--at", "2026-05-01"]
    return cli.main(["protocol", "explain", *asked, "--partnership", "model-csp", "--world", world, *more])


# --- check ---------------------------------------------------------------------------------------


def test_check_says_that_the_model_is_complete(model, capsys):
    assert cli.main(["protocol", "check", str(model)]) == cli.DONE
    printed = capsys.readouterr().out
    assert "Complete: it can be signed." in printed
    assert load(MODEL).digest in printed


def test_check_names_everything_that_is_missing_and_says_no(model, capsys):
    model.write_text(
        MODEL.replace("review_by = 2027-04-01", "review_by = 2028-04-01").replace(
            'indemnity = """', 'complaints2 = """'
        )
    )
    assert cli.main(["protocol", "check", str(model)]) == cli.NO
    assert "text.complaints2 (line " in capsys.readouterr().out
    model.write_text(MODEL.replace("review_by = 2027-04-01", "review_by = 2028-04-01"))
    assert cli.main(["protocol", "check", str(model), "--json"]) == cli.NO
    result = json.loads(capsys.readouterr().out)
    assert [gap["where"] for gap in result["missing"]] == ["protocol.review_by"]
    assert result["readable"] is True


def test_check_gives_every_unreadable_thing_with_its_line_as_json(model, capsys):
    model.write_text(MODEL.replace("version = 1\n", 'version = "1"\n').replace("CDA115", "CDA51"))
    assert cli.main(["protocol", "check", str(model), "--json"]) == cli.NO
    result = json.loads(capsys.readouterr().out)
    assert result["problems"][0]["line"] == MODEL.splitlines().index("version = 1") + 1
    assert len(result["problems"]) > 10


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path, capsys):
    assert cli.main(["protocol", "check", str(tmp_path / "no.toml")]) == cli.USAGE
    assert "no.toml" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["check"]])
def test_wrong_usage_is_said(arguments, capsys):
    assert cli.main(["protocol", *arguments]) == cli.USAGE
    assert "usage: accord protocol" in capsys.readouterr().err


# --- render --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "starts"), [("md", b"# Info"), ("html", b"<!DOCTYPE"), ("json", b"{"), ("pdf", b"%PDF-")]
)
def test_render_writes_what_the_ending_says(model, tmp_path, capsys, ending, starts):
    out = tmp_path / f"text.{ending}"
    assert cli.main(["protocol", "render", str(model), "-o", str(out)]) == cli.DONE
    assert out.read_bytes().startswith(starts)
    assert load(MODEL).digest in capsys.readouterr().err


def test_rendering_twice_gives_the_same_bytes(model, tmp_path):
    for ending in ("md", "html", "json", "pdf"):
        files = [tmp_path / f"{name}.{ending}" for name in "ab"]
        for file in files:
            assert cli.main(["protocol", "render", str(model), "-o", str(file)]) == cli.DONE
        assert files[0].read_bytes() == files[1].read_bytes(), ending


def test_a_text_cannot_break_out_of_the_pdf(model, tmp_path):
    nasty = r"None.\" #panic() \\ $x$ @y <z> // *b*"
    model.write_text(MODEL.replace("None. Each party", nasty + " Each party"))
    assert cli.main(["protocol", "render", str(model), "-o", str(tmp_path / "x.pdf")]) == cli.DONE


def test_a_draft_is_rendered_and_called_one(model, tmp_path, capsys):
    model.write_text(MODEL.replace("review_by = 2027-04-01", "review_by = 2028-04-01"))
    assert cli.main(["protocol", "render", str(model), "-o", str(tmp_path / "x.md")]) == cli.DONE
    assert "This is a draft" in capsys.readouterr().err


def test_an_unknown_ending_is_wrong_usage(model, tmp_path, capsys):
    assert cli.main(["protocol", "render", str(model), "-o", str(tmp_path / "x.doc")]) == cli.USAGE
    assert "md, html, json, pdf" in capsys.readouterr().err


# --- decide --------------------------------------------------------------------------------------

CASE = {
    "case": "c1",
    "record": {
        "origin": "model-council",
        "controllers": ["model-council"],
        "holder": "model-council",
        "partnership": "model-csp",
        "area": "a",
        "category": "NOIS",
    },
    "recipient": "model-police",
    "purpose": "asb-case",
    "fields": [{"code": "subject.name"}],
    "moment": "2026-05-01",
    "channel": "view",
    "officer": "model-police-officer",
    "assigned": True,
    "statement": {"necessity": True, "proportionality": True},
    "decision": {
        "officer": "model-council-liaison",
        "decided_at": "2026-05-01",
        "fields": {"subject.name": {"allow": "as-is"}},
    },
}


def test_decide_answers_each_case_on_a_line_from_standing_input(world, monkeypatch, capsys):
    lines = [json.dumps(CASE), "", json.dumps(CASE | {"case": "c2", "statement": None})]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert cli.main(["protocol", "decide", "--world", world, "--cases", "-"]) == cli.DONE
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["case"] for answer in answers] == ["c1", "c2"]
    assert answers[0]["fields"]["subject.name"]["result"] == "released"
    assert answers[0]["fields"]["subject.name"]["line"] == "1.3"
    assert answers[1]["fields"]["subject.name"]["rule"] == "statement"


def test_wrong_input_is_an_error_and_never_a_refusal(world, tmp_path, capsys):
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(CASE) + "\n" + json.dumps(CASE | {"recipient": "nobody"}) + "\n")
    assert cli.main(["protocol", "decide", "--world", world, "--cases", str(cases)]) == cli.USAGE
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1
    assert "line 2" in printed.err
    assert "recipient" in printed.err


@pytest.mark.parametrize("text", ["{", "[]", '{"organisations": []}', "\xff"])
def test_a_world_that_cannot_be_read_is_wrong_usage(tmp_path, text, capsys):
    path = tmp_path / "world.json"
    path.write_bytes(text.encode("latin-1"))
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(CASE))
    assert cli.main(["protocol", "decide", "--world", str(path), "--cases", str(cases)]) == cli.USAGE
    assert capsys.readouterr().out == ""


# --- explain -------------------------------------------------------------------------------------


def test_explain_names_the_line_and_the_form(world, capsys):
    assert explain(world, "model-council", "model-police", "asb-case", "subject.name,subject.dob") == cli.DONE
    assert capsys.readouterr().out.splitlines() == [
        "subject.name: released, as it is; line 1.3 of MODEL-ISP, version 1 (CDA115, 6(1)(e)); kept until 2027-05-01.",
        "    gateway CDA115: CDA 1998 s115(1), (2)",
        "    standing police: CDA 1998 s115(2)(a), s5(1)(b)",
        "    provision CDA1998-s6: CDA 1998 s6(1); SI 2007/1830",
        "    basis 6(1)(e): UK GDPR Art 6(1)(e) as amended by DUAA 2025 s70; DPA 2018 s8",
        "subject.dob: generalised, as age band of ten years; line 1.3 of MODEL-ISP, version 1 (CDA115); kept until 2027-05-01.",
        "    gateway CDA115: CDA 1998 s115(1), (2)",
        "    standing police: CDA 1998 s115(2)(a), s5(1)(b)",
    ]


def test_explain_says_for_whom_an_almo_acts(world, capsys):
    assert explain(world, "model-police", "model-homes", "asb-case", "subject.name") == cli.DONE
    printed = capsys.readouterr().out
    assert "as a disclosure to Model Council, for which the recipient acts" in printed
    assert "    standing almo: CDA 1998 s115(1)(b)" in printed
    assert "    principal council: CDA 1998 s115(2)(d), s5(1)(a)" in printed


def test_explain_gives_the_smallest_lawful_change_and_says_no(world, capsys):
    assert explain(world, "model-housing-trust", "model-police", "asb-case", "subject.name") == cli.NO
    assert capsys.readouterr().out.splitlines() == [
        "subject.name: withheld (in-force): no protocol is in force between the two that day.",
        "    the smallest lawful change (weight 4):",
        "      - Model Housing Trust signs MODEL-ISP version 1",
        "    rule in-force: SI 2007/1830 reg 4(1), (2)",
    ]


def test_explain_as_json_is_an_answer_of_the_published_shape(world, capsys):
    assert explain(world, "model-police", "model-homes", "possession-injunction", "offence.arrests", "--json") == cli.NO
    answer = json.loads(capsys.readouterr().out)
    jsonschema.validate(answer, json.loads(SCHEMAS.joinpath("answers.schema.json").read_text(encoding="utf-8")))
    assert answer["fields"]["offence.arrests"]["change"][0]["repair"] == "delegate"
    cited = answer["fields"]["offence.arrests"]["citation"]
    assert cited[0] == {"what": "rule", "code": "gateway", "source": "CDA 1998 s115(1), (2)", "evidence": "V"}


def test_explain_takes_a_form_a_channel_and_a_place(world, capsys):
    more = ("--channel", "export", "--area", "ward-1", "--category", "NOIS")
    assert explain(world, "model-police", "model-council", "hotspot-analysis", "incident.point=ward", *more) == cli.DONE
    assert "incident.point: generalised, as ward; line 2.1" in capsys.readouterr().out


@pytest.mark.parametrize(("supplier", "fields"), [("nobody", "subject.name"), ("model-council", "subject.nmae")])
def test_explain_of_something_unknown_is_wrong_usage(world, supplier, fields, capsys):
    assert explain(world, supplier, "model-police", "asb-case", fields) == cli.USAGE
    assert capsys.readouterr().out == ""


def test_explain_says_when_there_is_nobody_to_ask_or_to_decide(tmp_path, capsys):
    bare = a_world()
    for each in bare["organisations"]:
        each["officers"], each["liaison_officers"] = [], []
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(bare))
    assert explain(str(path), "model-council", "model-police", "asb-case", "subject.name") == cli.NO
    printed = capsys.readouterr().out
    assert "another officer of Model Police" in printed
    assert "Model Council names or trains a liaison officer" in printed


# --- diff ----------------------------------------------------------------------------------------


def test_diff_says_what_a_new_text_refuses_allows_and_changes(model, tmp_path, capsys):
    newer = tmp_path / "newer.toml"
    newer.write_text(
        MODEL.replace("version = 1\n", "version = 2\n")
        .replace('fields = ["tenancy.landlord", "tenancy.type"]', 'fields = ["tenancy.landlord"]')
        .replace('{ "tenancy.started" = "year" }', "{}")
        .replace('"visit.place", ', '"visit.place", "subject.name", ')
        .replace("retention_days = 28", "retention_days = 14")
        .replace("reply_days = 10", "reply_days = 5")
        .replace("None. Each party", "None at all. Each party")
    )
    assert cli.main(["protocol", "diff", str(model), str(newer)]) == cli.DONE
    printed = capsys.readouterr().out
    assert "Now refused:   tenure-check: from kind:almo, kind:council, kind:housing-association to " in printed
    assert "tenancy.type (seen in the portal or told by telephone or in person)" in printed
    assert "Now finer:     nomination-check: " in printed
    assert "Now allowed:   joint-visit: " in printed
    assert "Changed terms: line 5.1: retention days: was 28, is 14" in printed
    assert "Changed head:  protocol.reply_days: reply days: was 10, is 5" in printed
    assert "Changed text:  text.indemnity: “Indemnity” says something else" in printed


def test_diff_of_the_same_text_finds_nothing(model, capsys):
    assert cli.main(["protocol", "diff", str(model), str(model), "--json"]) == cli.DONE
    assert json.loads(capsys.readouterr().out) == []
