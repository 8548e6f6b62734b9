"""This module knows how to build the pages' styles and scripts into `portal/static/dist`.

    python assets/build.py

needs Node and npm on the PATH. Every built file carries a digest of its content in its name, so that it may
be cached for ever; `manifest.json` leads from the plain name to the built one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
DIST = HERE.parent / "portal" / "static" / "dist"

# Files that are used as their packages ship them: self-contained, no bundler needed.
READY = (
    "govuk-frontend/dist/govuk/govuk-frontend.min.js",
    "@ministryofjustice/frontend/moj/moj-frontend.min.js",
    "accessible-autocomplete/dist/accessible-autocomplete.min.js",
)
MOJ_ASSETS = MODULES / "@ministryofjustice" / "frontend" / "moj" / "assets"

Manifest = dict[str, str]


def main() -> None:
    """Install what the lock names, build everything, then swap it in whole."""
    install_modules()
    DIST.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DIST.parent) as scratch:
        built = Path(scratch) / "dist"
        built.mkdir()
        manifest = build_into(built)
        (built / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
        shutil.rmtree(DIST, ignore_errors=True)
        built.rename(DIST)


def install_modules() -> None:
    """`npm ci`, unless the modules here are already those of the lock."""
    lock = (HERE / "package-lock.json").read_text()
    note = MODULES / ".installed-lock.json"
    if not note.exists() or note.read_text() != lock:
        run("npm", "ci", "--no-progress")
        note.write_text(lock)


def build_into(folder: Path) -> Manifest:
    """Build in the order of who names whom: images, then styles; libraries, then our module."""
    manifest: Manifest = {}
    for image in sorted((HERE / "images").iterdir()):
        put(folder, manifest, image.name, image.read_bytes())
    put(folder, manifest, "accord.css", with_hashed_images(compiled_styles(), folder, manifest).encode())
    for name in READY:
        library = without_source_map((MODULES / name).read_text())
        put(folder, manifest, Path(name).name, library.encode())
    for script in sorted((HERE / "js").glob("*.js")):
        put(folder, manifest, script.name, with_hashed_imports(script.read_text(), manifest).encode())
    put(folder, manifest, "verify.html", verifier().encode())
    return manifest


def verifier() -> str:
    """The page that verifies receipts, as one file: its own policy lets its own script and style in, and nothing else."""
    page, style, script = ((HERE / "verifier" / f"verify.{kind}").read_text() for kind in ("html", "css", "js"))
    allowed = "; ".join(
        [
            "default-src 'none'",
            f"script-src {integrity(script)}",
            f"style-src {integrity(style)}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    for name, value in {"policy": allowed, "style": style, "script": script}.items():
        page = page.replace("{{ " + name + " }}", value)
    return page


def integrity(text: str) -> str:
    """The source expression that admits exactly this text (CSP Level 3, hash-source)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def put(folder: Path, manifest: Manifest, name: str, content: bytes) -> str:
    """Write one file under its hashed name, note it, give that name."""
    stem, _, extension = name.rpartition(".")
    hashed = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{extension}"
    (folder / hashed).write_bytes(content)
    manifest[name] = hashed
    return hashed


def compiled_styles() -> str:
    """The style sheet. Deprecations inside the two frameworks are theirs to mend, hence `--quiet-deps`."""
    options = [
        "--style=compressed",
        "--no-source-map",
        "--quiet-deps",
        "--load-path=.",
        "--load-path=node_modules",
    ]
    # The compiler's own script, not its launcher: that one starts a shell.
    return run("node", "node_modules/sass/sass.js", *options, "scss/accord.scss")


def with_hashed_images(css: str, folder: Path, manifest: Manifest) -> str:
    """Ship each image that the styles name, and name it as shipped."""

    def shipped(match: re.Match[str]) -> str:
        path = Path(match["path"])
        hashed = manifest.get(path.name) or put(folder, manifest, path.name, (MOJ_ASSETS / path).read_bytes())
        return f"url({hashed})"

    return re.sub(r"""url\(["']?(?P<path>images/[^"')]+)["']?\)""", shipped, css)


def with_hashed_imports(script: str, manifest: Manifest) -> str:
    """Point `./name.js` imports at the built names; an unknown one is an error here, not in a browser."""
    return re.sub(r'"\./([\w.-]+\.js)"', lambda match: f'"./{manifest[match[1]]}"', script)


def without_source_map(script: str) -> str:
    """Drop the pointer to a source map that is not shipped: browsers would report it missing."""
    return re.sub(r"\n?//# sourceMappingURL=.*\s*$", "\n", script)


def run(*command: str) -> str:
    """Run one command here; give what it prints."""
    program = shutil.which(command[0])
    if program is None:
        sys.exit(f"assets: {command[0]} is not on the PATH; ./accord brings it along")
    result = subprocess.run([program, *command[1:]], cwd=HERE, check=False, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(f"assets: this failed: {' '.join(command)}")
    return result.stdout


if __name__ == "__main__":
    main()
