// This script knows how a browser checks a receipt or a head, with nothing but what its page was given: no network, no library.
// It says the same as `python -m sharing.ledger.verify`, in the same words, about receipts and heads.

const FIRST_LINE = "c2sp.org/tlog-proof@v1"
const WRAPPED = "accord-receipt@v1"
const LARGEST = 1 << 20
const MOST_PARTS = 63
const MOST_SIGNATURES = 64
const DEEPEST = 16
const HASH = 32
const SIGNATURE = 64
const ED25519 = 1
const TRUE = 0
const FALSE = 1
const CANNOT_TELL = 4
const WORDS = { [TRUE]: "True", [FALSE]: "False", [CANNOT_TELL]: "Cannot tell" }
const ENTRY_KEYS = "about actor at facts id log organisation partnership type v"
const LOG = /^([A-Za-z0-9][A-Za-z0-9._/-]*)\/([a-z0-9][a-z0-9-]*)\/(\d{4})$/
const NOTHING_HELD =
  "Consistent with itself; not checked against anything you hold. Give the key that you were handed, or a head that you kept."

class Tampered extends Error {}

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

function must(condition, message) {
  if (!condition) throw new Tampered(message)
}

function textOf(bytes, what) {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Tampered(`${what} is not UTF-8 text`)
  }
}

function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0)
  return whole
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
}

// Base64 in its one canonical spelling (RFC 4648 section 4): stray bits could be changed unseen.
function base64(text, what, size) {
  let raw
  try {
    raw = atob(text)
  } catch {
    throw new Tampered(`${what} is not base64`)
  }
  must(btoa(raw) === text, `${what} is not written as base64 should be`)
  const bytes = Uint8Array.from(raw, (letter) => letter.charCodeAt(0))
  must(size === undefined || bytes.length === size, `${what} has ${bytes.length} bytes instead of ${size}`)
  return bytes
}

// Canonical JSON (RFC 8785) within Accord's profile: ASCII keys, no floats, nothing nested deeper than 16.
function canonical(value, depth = 0) {
  if (value === null || typeof value === "boolean") return String(value)
  if (typeof value === "number") {
    must(Number.isSafeInteger(value), "not in canonical form: a number is no integer, or too large")
    return String(value)
  }
  if (typeof value === "string") {
    must(value.isWellFormed ? value.isWellFormed() : true, "not in canonical form: half of a surrogate pair")
    return JSON.stringify(value)
  }
  must(depth < DEEPEST, "not in canonical form: nested too deep")
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`
  const keys = Object.keys(value).sort()
  must(
    keys.every((key) => /^[\x00-\x7f]*$/.test(key)),
    "not in canonical form: a key is not ASCII",
  )
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key], depth + 1)}`).join(",")}}`
}

function parseCanonical(bytes) {
  const text = textOf(bytes, "the JSON")
  let value
  try {
    value = JSON.parse(text)
  } catch {
    throw new Tampered("not in canonical form: no JSON")
  }
  must(canonical(value) === text, "not in canonical form: the same value is written differently")
  return value
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value)
}

function hasKeys(value, keys) {
  return isObject(value) && Object.keys(value).sort().join(" ") === keys
}

// --- signed notes (C2SP signed-note) and heads (C2SP tlog-checkpoint)

function parseNote(bytes) {
  const whole = textOf(bytes, "the signed note")
  must(!/[\x00-\x09\x0b-\x1f]/.test(whole), "the signed note holds control characters")
  const gap = whole.lastIndexOf("\n\n")
  const beneath = whole.slice(gap + 2)
  must(
    gap >= 0 && beneath.endsWith("\n"),
    "the signed note has no signature lines, or its last line is cut off",
  )
  const lines = beneath.slice(0, -1).split("\n")
  must(lines.length <= MOST_SIGNATURES, `the signed note has more than ${MOST_SIGNATURES} signatures`)
  return { text: whole.slice(0, gap + 1), signatures: lines.map(parseSignature) }
}

function parseSignature(line) {
  const match = /^— ([^ ]+) (.*)$/u.exec(line)
  must(match && validName(match[1]), "a signature line is malformed: expected a dash, a name and a signature")
  const raw = base64(match[2], `the signature of ${match[1]}`)
  must(raw.length > 4, `the signature of ${match[1]} is empty`)
  return { name: match[1], id: raw.slice(0, 4), value: raw.slice(4) }
}

function validName(name) {
  return name !== "" && !/[+\s\x00-\x1f]/u.test(name)
}

async function parseHead(bytes) {
  const note = parseNote(bytes)
  const lines = note.text.split("\n")
  must(
    lines.length === 4 && lines[0] && !lines[3],
    "a head has three lines: the log's name, its size and its root",
  )
  must(/^(0|[1-9]\d{0,18})$/.test(lines[1]), "the head's second line is not a size")
  const head = { origin: lines[0], size: BigInt(lines[1]), root: base64(lines[2], "the head's root", HASH), note }
  const empty = await sha256(new Uint8Array())
  must(head.size > 0n || same(head.root, empty), "the head of an empty log has the wrong root")
  return head
}

async function parseKey(text) {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim())
  must(parts && validName(parts[1]), "this is not a verification key: expected name+id+base64")
  const raw = base64(parts[3], "the verification key", HASH + 1)
  must(raw[0] === ED25519, "this is a witness's key; a log's is wanted")
  const key = { name: parts[1], public: raw.slice(1) }
  must(
    hex(await keyId(key.name, key.public)) === parts[2],
    "the verification key's id does not fit its name and key: a letter may be missing",
  )
  return key
}

async function keyId(name, publicKey) {
  const whole = await sha256(joined(encoder.encode(`${name}\n`), Uint8Array.of(ED25519), publicKey))
  return whole.slice(0, 4)
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

// Whether the held key signed the head. A key named `x` speaks for `x` and every log beneath it, `x/…`.
async function signatureFinding(head, key) {
  if (head.origin !== key.name && !head.origin.startsWith(`${key.name}/`)) {
    return finding(`The head is of the log ${head.origin}; the key that you hold is for ${key.name}.`)
  }
  let imported
  try {
    imported = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"])
  } catch {
    const message =
      "This browser cannot check Ed25519 signatures. Use Chrome or Edge 137, Firefox 129, Safari 17 or newer, or the command."
    return finding(message, CANNOT_TELL)
  }
  const message = encoder.encode(head.note.text)
  let signed = false
  for (const name of new Set([head.origin, key.name])) {
    const id = await keyId(name, key.public)
    const lines = head.note.signatures.filter((line) => line.name === name && same(line.id, id))
    for (const line of lines) {
      const fits =
        line.value.length === SIGNATURE && (await crypto.subtle.verify("Ed25519", imported, line.value, message))
      if (!fits) return finding(`The signature of ${name} does not fit the text that it stands under.`)
      signed = true
    }
  }
  return signed ? null : finding("No key that you hold has signed this head.")
}

// --- the tree (RFC 9162 section 2.1)

function leafHash(body) {
  return sha256(joined(Uint8Array.of(0), body))
}

function nodeHash(left, right) {
  return sha256(joined(Uint8Array.of(1), left, right))
}

async function included(leaf, index, size, path, root) {
  if (index < 0n || index >= size) return false
  let node = index
  let last = size - 1n
  let hash = leaf
  for (const part of path) {
    if (last === 0n) return false
    if (node & 1n || node === last) {
      hash = await nodeHash(part, hash)
      while (node && !(node & 1n)) {
        node >>= 1n
        last >>= 1n
      }
    } else {
      hash = await nodeHash(hash, part)
    }
    node >>= 1n
    last >>= 1n
  }
  return last === 0n && same(hash, root)
}

// --- receipts (C2SP tlog-proof)

async function parseReceipt(bytes) {
  must(bytes.length <= LARGEST, "the file is too long to be a receipt")
  if (bytes[0] === 0x7b) bytes = unwrapped(bytes)
  const text = textOf(bytes, "the receipt")
  const gap = text.indexOf("\n\n")
  const lines = text.slice(0, Math.max(gap, 0)).split("\n")
  must(
    gap >= 0 && lines[0] === FIRST_LINE,
    `this is not a receipt: its first line is not ${FIRST_LINE}, or its head is missing`,
  )
  must(
    lines.length >= 3 && lines[1].startsWith("extra "),
    "the receipt has no entry: the line that begins with `extra` is missing",
  )
  const index = /^index (0|[1-9]\d{0,18})$/.exec(lines[2])
  must(index, "the receipt's third line is not an index")
  must(lines.length - 3 <= MOST_PARTS, "the receipt's proof is longer than any proof can be")
  const path = lines.slice(3).map((line) => base64(line, "a line of the proof", HASH))
  const extra = parseCanonical(base64(lines[1].slice("extra ".length), "the receipt's extra line"))
  const keys = "batch_path entry payload_sha256 salt"
  must(hasKeys(extra, keys), "the receipt's extra line does not hold batch_path, entry, payload_sha256, salt")
  checkEntry(extra.entry)
  const head = await parseHead(encoder.encode(text.slice(gap + 2)))
  return { entry: extra.entry, opening: parseOpening(extra), index: BigInt(index[1]), path, head }
}

function unwrapped(bytes) {
  let end = bytes.length
  while (end && bytes[end - 1] === 0x0a) end -= 1
  const value = parseCanonical(bytes.slice(0, end))
  must(
    hasKeys(value, "format tlog_proof") && value.format === WRAPPED,
    "this JSON is not a receipt of Accord's",
  )
  return encoder.encode(String(value.tlog_proof))
}

function checkEntry(entry) {
  must(hasKeys(entry, ENTRY_KEYS), `an entry has exactly the fields ${ENTRY_KEYS.replaceAll(" ", ", ")}`)
  must(entry.v === 1, "the entry is of a version that this page does not know")
  must(isObject(entry.facts), "the entry's facts are not an object")
  for (const name of ["actor", "organisation", "partnership", "about"]) {
    must(entry[name] === null || typeof entry[name] === "string", `the entry's ${name} is not text`)
  }
  must(/^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/.test(entry.type), "the entry's type is not of the form noun:verb")
  must(isUuid(entry.id), "the entry's id is not a UUID")
  must(isMoment(entry.at), "the entry's time is not a UTC moment with microseconds")
  const log = LOG.exec(entry.log)
  must(log, "the entry does not name its log")
  must(log[2] === (entry.partnership || "operator"), "the entry's partnership is not that of its log")
  must(log[3] === entry.at.slice(0, 4), "the entry's time is not in the year of its log")
}

function isUuid(text) {
  return typeof text === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

function isMoment(text) {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d{3}Z$/.exec(text)
  const moment = parts && new Date(`${parts[1]}Z`)
  return Boolean(moment) && !Number.isNaN(moment.getTime()) && moment.toISOString() === `${parts[1]}Z`
}

function parseOpening({ salt, payload_sha256: digest, batch_path: where }) {
  if (salt === null && digest === null && where === null) return null
  must(
    typeof salt === "string" && typeof digest === "string" && isObject(where),
    "the receipt's opening is incomplete: salt, payload digest and batch path belong together",
  )
  must(
    hasKeys(where, "fields index path record size") &&
      typeof where.fields === "string" &&
      Number.isSafeInteger(where.index) &&
      Number.isSafeInteger(where.size) &&
      Array.isArray(where.path) &&
      where.path.every((part) => typeof part === "string"),
    "the receipt's batch path is malformed",
  )
  must(isUuid(where.record), "the receipt's batch path names no record")
  const fields = where.fields ? where.fields.split(",") : []
  must([...fields].sort().join(",") === where.fields, "the receipt's batch path is not written as it should be")
  return {
    fields,
    record: where.record,
    salt: base64(salt, "the receipt's salt", HASH),
    digest: base64(digest, "the receipt's payload digest", HASH),
    index: BigInt(where.index),
    size: where.size,
    path: where.path.map((part) => base64(part, "the receipt's batch path", HASH)),
  }
}

// --- what is found

function finding(message, weight = FALSE) {
  return { message, weight }
}

async function proofFindings(receipt) {
  const { entry, head } = receipt
  const found = []
  if (entry.log !== head.origin) {
    found.push(finding(`The entry is of the log ${entry.log}, the head of ${head.origin}.`))
  }
  const leaf = await leafHash(encoder.encode(canonical(entry)))
  if (!(await included(leaf, receipt.index, head.size, receipt.path, head.root))) {
    const where = `as number ${receipt.index}`
    found.push(
      finding(`The proof does not lead from this entry, ${where}, to the head: one of them was changed.`),
    )
  }
  return found
}

async function openingFindings(receipt, payload) {
  const { opening, entry } = receipt
  if (!opening) {
    if (!payload) return []
    return [finding("The receipt binds no payload, so the file cannot be checked against it.", CANNOT_TELL)]
  }
  const { batch_root: root, batch_size: size } = entry.facts
  const names = encoder.encode(opening.fields.join(","))
  const record = Uint8Array.from(opening.record.replaceAll("-", "").match(/../g), (pair) => parseInt(pair, 16))
  const length = Uint8Array.of(names.length >> 8, names.length & 0xff)
  const leaf = await leafHash(joined(opening.salt, record, length, names, opening.digest))
  const pinned = typeof root === "string" && size === opening.size ? rootOrNull(root) : null
  const bound = pinned && (await included(leaf, opening.index, BigInt(size), opening.path, pinned))
  if (!bound) {
    const message =
      "The opened record is not in the batch that the entry commits to: salt, digest, fields or path was changed."
    return [finding(message)]
  }
  if (payload && !same(await sha256(payload), opening.digest)) {
    return [finding("The file is not what was handed over: its digest is another one.")]
  }
  return []
}

function rootOrNull(text) {
  try {
    return base64(text, "the entry's batch root", HASH)
  } catch {
    return null
  }
}

function headFinding(head, held) {
  if (held.origin !== head.origin) {
    return { anchored: false, found: finding(`The head that you hold is of the log ${held.origin}.`, TRUE) }
  }
  if (held.size !== head.size) {
    const message = `The head that you hold has ${held.size} entries, this one ${head.size}; only the log can relate them.`
    return { anchored: false, found: finding(message, TRUE) }
  }
  if (same(held.root, head.root)) return { anchored: true, found: null }
  const message = `The log shows two histories: the head that you hold has the same size, ${held.size}, and another root.`
  return { anchored: false, found: finding(message) }
}

// Check one receipt or head against what its reader holds. Everything is bytes or text; nothing leaves this page.
async function check({ file, key = "", head = null, payload = null }) {
  let receipt = null
  let shown
  const held = {}
  try {
    if (key.trim()) held.key = await parseKey(key)
    if (head) held.head = await parseHead(head)
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    return { verdict: CANNOT_TELL, usage: true, findings: [finding(`${sentence(error.message)}.`, CANNOT_TELL)] }
  }
  try {
    const isHead = !textOf(file.slice(0, 5), "the file").match(/^(c2sp\.|\{)/)
    receipt = isHead ? null : await parseReceipt(file)
    shown = receipt ? receipt.head : await parseHead(file)
  } catch (error) {
    if (!(error instanceof Tampered)) throw error
    return { verdict: FALSE, findings: [finding(`${sentence(error.message)}.`)] }
  }
  const findings = receipt ? [...(await proofFindings(receipt)), ...(await openingFindings(receipt, payload))] : []
  const anchored = await holdAgainst(shown, held, findings)
  if (!anchored && findings.every((each) => each.weight !== FALSE)) findings.push(finding(NOTHING_HELD, CANNOT_TELL))
  return { verdict: worst(findings), findings, receipt, head: shown }
}

async function holdAgainst(shown, held, findings) {
  let anchored = false
  if (held.key) {
    const wrong = await signatureFinding(shown, held.key)
    anchored = wrong === null
    if (wrong) findings.push(wrong)
  }
  if (held.head) {
    const compared = headFinding(shown, held.head)
    anchored ||= compared.anchored
    if (compared.found) findings.push(compared.found)
  }
  return anchored
}

function worst(findings) {
  const weights = findings.map((each) => each.weight)
  return weights.includes(FALSE) ? FALSE : weights.includes(CANNOT_TELL) ? CANNOT_TELL : TRUE
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

// --- the page

function element(name, text, className) {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = text
  if (className) made.className = className
  return made
}

function rows(table) {
  const list = element("dl")
  for (const [name, value] of table) {
    if (value === null || value === "" || value === undefined) continue
    list.append(element("dt", name), element("dd", value))
  }
  return list
}

function factText(value) {
  if (typeof value !== "object" || value === null) return String(value)
  if (Array.isArray(value)) return value.map(factText).join(", ")
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${factText(inner)}`)
    .join("; ")
}

function told(answer) {
  const { receipt, head } = answer
  if (!head) return []
  const parts = []
  if (receipt) {
    const { entry, opening } = receipt
    parts.push(element("h2", "What the receipt says"))
    parts.push(
      rows([
        ["What happened", entry.type],
        ["When", entry.at.replace("T", " ").replace(/\.\d+Z/, " UTC")],
        ["Organisation", entry.organisation],
        ["Partnership", entry.partnership],
        ["About", entry.about],
        ["By (pseudonym)", entry.actor],
        ["Fields that were opened", opening && opening.fields.join(", ")],
        ...Object.entries(entry.facts).map(([name, value]) => [name, factText(value)]),
      ]),
    )
  }
  parts.push(element("h2", "Where it stands"))
  parts.push(
    rows([
      ["Log", head.origin],
      ["Number", receipt && String(receipt.index)],
      ["Entries at that moment", String(head.size)],
      ["Root", btoa(String.fromCharCode(...head.root))],
      ["Signed by", head.note.signatures.map((line) => line.name).join(", ")],
    ]),
  )
  return parts
}

function show(answer) {
  const out = document.getElementById("answer")
  const word = answer.usage ? "The key or the head cannot be used" : WORDS[answer.verdict]
  const kind = { [TRUE]: "true", [FALSE]: "false", [CANNOT_TELL]: "unsure" }[answer.verdict]
  const title = element("h2", word, `verdict ${kind}`)
  title.id = "verdict"
  title.tabIndex = -1
  const list = element("ul")
  if (answer.verdict === TRUE) {
    list.append(element("li", "Everything fits, and fits what you hold."))
  }
  for (const each of answer.findings) list.append(element("li", each.message))
  out.replaceChildren(title, list, ...told(answer))
  title.focus()
}

async function bytesOf(input, written) {
  const chosen = document.getElementById(input).files[0]
  if (chosen) return new Uint8Array(await chosen.arrayBuffer())
  const text = written ? document.getElementById(written).value : ""
  return text.trim() ? encoder.encode(text.trim() + "\n") : null
}

async function submitted(event) {
  event.preventDefault()
  const file = await bytesOf("file", "text")
  if (!file) {
    show({ verdict: CANNOT_TELL, usage: false, findings: [finding("Choose a receipt or a head, or paste one.", CANNOT_TELL)] })
    return
  }
  const key = document.getElementById("key").value
  show(await check({ file, key, head: await bytesOf("head", "head-text"), payload: await bytesOf("payload") }))
}

if (crypto.subtle) {
  document.getElementById("form").addEventListener("submit", submitted)
} else {
  document.getElementById("unusable").hidden = false
}
