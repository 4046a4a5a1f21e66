"""A second reader of Fairstart's files, written from FORMAT.md, RFC 9180 and the X-Wing draft alone.

It shares no line with `storage` and does not use the library's HPKE, so that the two can only agree if the files are
what the specification says. It refuses what the specification says is refused, with a ValueError or, where a seal or a
signature does not hold, with the error of `cryptography`. Single primitives (ML-KEM-768, X25519,
ChaCha20-Poly1305, Argon2id, Ed25519) come from `cryptography`, the rest from the standard library.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import sqlite3
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

# RFC 9180, section 4: labelled extract and expand

VERSION = b"HPKE-v1"
KEM_XWING, KDF_HKDF_SHA256, AEAD_CHACHA20POLY1305 = 0x647A, 0x0001, 0x0003
SUITE = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (KEM_XWING, KDF_HKDF_SHA256, AEAD_CHACHA20POLY1305))


def hkdf_extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), secret, "sha256")


def hkdf_expand(key: bytes, info: bytes, length: int) -> bytes:
    block, output, number = b"", b"", 0
    while len(output) < length:
        number += 1
        block = hmac.digest(key, block + info + bytes([number]), "sha256")
        output += block
    return output[:length]


def labelled_extract(salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hkdf_extract(salt, VERSION + SUITE + label + secret)


def labelled_expand(key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return hkdf_expand(key, length.to_bytes(2, "big") + VERSION + SUITE + label + info, length)


# The X-Wing draft: expanding a seed, and decapsulating


@dataclass(frozen=True)
class XWing:
    """Both halves of an X-Wing key."""

    mlkem: MLKEM768PrivateKey
    x25519: X25519PrivateKey

    @classmethod
    def of(cls, seed: bytes) -> "XWing":
        expanded = hashlib.shake_256(seed).digest(96)
        return cls(
            MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])
        )

    @property
    def public(self) -> bytes:
        return self.mlkem.public_key().public_bytes_raw() + self.x25519.public_key().public_bytes_raw()

    def decapsulate(self, encapsulated: bytes) -> bytes:
        ct_mlkem, ct_x25519 = encapsulated[:1088], encapsulated[1088:]
        shared = self.x25519.exchange(X25519PublicKey.from_public_bytes(ct_x25519))
        if not any(shared):
            raise ValueError("a shared secret of zeros")
        return hashlib.sha3_256(
            self.mlkem.decapsulate(ct_mlkem)
            + shared
            + ct_x25519
            + self.x25519.public_key().public_bytes_raw()
            + bytes.fromhex("5c2e2f2f5e5c")
        ).digest()


def hpke_open(key: XWing, message: bytes, info: bytes) -> bytes:
    """Base mode, one message: `enc` and the ciphertext joined, sequence number 0, empty associated data."""
    encapsulated, ciphertext = message[:1120], message[1120:]
    context = b"\x00" + labelled_extract(b"", b"psk_id_hash", b"") + labelled_extract(b"", b"info_hash", info)
    secret = labelled_extract(key.decapsulate(encapsulated), b"secret", b"")
    nonce = labelled_expand(secret, b"base_nonce", context, 12)
    return ChaCha20Poly1305(labelled_expand(secret, b"key", context, 32)).decrypt(nonce, ciphertext, b"")


# Key files and receipts: FORMAT.md, sections 3 to 8, 11 and 17

OFFICE_PUBLIC = "FAIRSTART OFFICE PUBLIC KEY 1"
OFFICE_PRIVATE = "FAIRSTART OFFICE KEY 1"
KIOSK_PUBLIC = "FAIRSTART KIOSK PUBLIC KEY 1"
KIOSK_PRIVATE = "FAIRSTART KIOSK KEY 1"
TALLY_PUBLIC = "FAIRSTART TALLY PUBLIC KEY 1"
RECEIPT = "FAIRSTART RECEIPT 1"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def digest(label: str, payload: bytes) -> bytes:
    return hashlib.sha256(label.encode() + b"\0" + payload).digest()


def key_id(label: str, public: bytes) -> bytes:
    return digest(label, public)[:16]


def fingerprint(label: str, public: bytes) -> str:
    digits = str(int.from_bytes(digest(label, public), "big") % 10**30).zfill(30)
    return " ".join(digits[place : place + 5] for place in range(0, 30, 5))


def one_form(text: str) -> bytes:
    """What base64 stands for, if it is in its one form."""
    whole = base64.b64decode(text, validate=True)
    if base64.b64encode(whole).decode("ascii") != text:
        raise ValueError("base64 in another form")
    return whole


def unarmour(content: bytes, label: str) -> bytes:
    wide = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    first, _, rest = content.decode("utf-16" if wide else "utf-8-sig").lstrip().partition("\n")
    if len(content) > 8192 or first.strip() != label:
        raise ValueError(f"the first line is not {label}, or the file is too long")
    whole = one_form("".join(rest.split()))
    if digest(label, whole[:-32]) != whole[-32:]:
        raise ValueError("the checksum is wrong")
    return whole[:-32]


def stretch(passphrase: str, salt: bytes) -> bytes:
    words = " ".join(unicodedata.normalize("NFKC", passphrase).split())
    return Argon2id(salt=salt, length=32, iterations=4, lanes=4, memory_cost=256 * 1024).derive(words.encode())


def unwrap(content: bytes, label: str, passphrase: str) -> bytes:
    payload = unarmour(content, label)
    if label == OFFICE_PRIVATE:
        return open_office(payload, passphrase)[0]
    key_id, salt, nonce, wrapped = payload[:16], payload[16:32], payload[32:44], payload[44:92]
    if len(payload) == 2368:
        staff = hkdf_expand(hkdf_extract(b"", stretch(passphrase, salt)), b"fairstart staff key 1", 32)
        return hpke_open(XWing.of(staff), payload[32:1200], label.encode() + key_id)
    return ChaCha20Poly1305(stretch(passphrase, salt)).decrypt(nonce, wrapped, label.encode() + key_id)


def open_office(payload: bytes, passphrase: str | None, code: bytes = b"") -> tuple[bytes, str]:
    """The seed, and the coordinator whose passphrase it is; or what the recovery code's secret opens."""
    key_id, salt, for_code, count, rest = payload[:16], payload[16:32], payload[32:92], payload[92], payload[93:-32]
    bound = OFFICE_PRIVATE.encode() + key_id
    wrapping = (
        hkdf_expand(hkdf_extract(b"", code), b"fairstart recovery code 1", 32)
        if passphrase is None
        else stretch(passphrase, salt)
    )
    slots = [("", for_code)] if passphrase is None else []
    for _ in range(count):
        size = rest[0]
        name, wrapped, rest = rest[1 : 1 + size].decode(), rest[1 + size : 61 + size], rest[61 + size :]
        slots += [(name, wrapped)] if passphrase is not None else []
    for name, wrapped in slots:
        with suppress(InvalidTag):
            seed = ChaCha20Poly1305(wrapping).decrypt(wrapped[:12], wrapped[12:], bound)
            key = hkdf_expand(hkdf_extract(b"", seed), b"fairstart office coordinators 1", 32)
            if hmac.new(key, payload[:-32], "sha256").digest() != payload[-32:]:
                raise ValueError("changed without the key")
            return seed, name
    raise InvalidTag


def secret_of_recovery_code(typed: str) -> bytes:
    number = 0
    for character in typed.upper().replace(" ", "").replace("-", "").translate({79: "0", 73: "1", 76: "1"}):
        number = number * 32 + ALPHABET.index(character)
    secret, check = divmod(number, 1 << 24)
    secret_bytes = secret.to_bytes(17, "big")
    if hashlib.sha256(b"fairstart recovery code 1\0" + secret_bytes).digest()[:3] != check.to_bytes(3, "big"):
        raise ValueError("mistyped")
    return secret_bytes


def ed25519_of(seed: bytes, label: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hkdf_expand(hkdf_extract(b"", seed), label, 32))


def office_public(seed: bytes) -> bytes:
    return XWing.of(seed).public + ed25519_of(seed, b"fairstart office receipts 1").public_key().public_bytes_raw()


def kiosk_public(seed: bytes) -> bytes:
    return ed25519_of(seed, b"fairstart kiosk signing 1").public_key().public_bytes_raw()


def tally_seed(kiosk_seed: bytes) -> bytes:
    return hkdf_expand(hkdf_extract(b"", kiosk_seed), b"fairstart kiosk tally 1", 32)


# Events and responses: FORMAT.md, sections 1, 2, 9, 10 and 12


STAGES = {
    *("outreach", "applicants", "starts", "make-up", "levels"),
    *("functional skills", "completion", "progression"),
}


def event_of(content: bytes) -> dict[str, str]:
    """The fields in the content of an `event.json`."""
    pairs: list[tuple[str, str]] = json.loads(content.decode("utf-8"), object_pairs_hook=list)
    if len(content) > 65536 or not isinstance(pairs, list):
        raise ValueError("no event, or too long")
    fields = dict(pairs)
    names = ["date", "name", "office_key_id", "place", "question_set", "stage"]
    if sorted(name for name, _ in pairs) != names or not all(isinstance(value, str) for value in fields.values()):
        raise ValueError("other keys, a key twice, or another kind of value")
    for text in (fields["name"], fields["place"], fields["question_set"]):
        text.encode("utf-8")  # no half of a surrogate pair
        turning = {0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)}
        if len(text) > 240 or any(unicodedata.category(one) == "Cc" or ord(one) in turning for one in text):
            raise ValueError("too long, or with a control character")
    if len(fields["date"]) != 10 or fields["stage"] not in STAGES or len(one_form(fields["office_key_id"])) != 16:
        raise ValueError("no date, stage or key id")
    dt.date.fromisoformat(fields["date"])
    return fields


def event_id(fields: dict[str, str]) -> bytes:
    key = base64.b64decode(fields["office_key_id"])
    texts = (fields[name].encode() for name in ("name", "date", "place", "stage", "question_set"))
    return hashlib.sha256(
        b"fairstart event 1\0" + b"".join(len(field).to_bytes(2, "big") + field for field in (key, *texts))
    ).digest()[:16]


def response_info(fields: dict[str, str]) -> bytes:
    key = base64.b64decode(fields["office_key_id"])
    return b"fairstart sealed response 1\0" + key + event_id(fields) + fields["question_set"].encode("ascii")


def response_id(sealed: bytes) -> bytes:
    return hashlib.sha256(sealed).digest()[:16]


def codes_of(record: bytes) -> tuple[int, ...]:
    if len(record) != 16 or record[0] != 1 or any(record[5:]):
        raise ValueError("not a version 1 record")
    codes = tuple(record[1:5])
    known = [{0, *(code for part in categories.values() for code in part)} for categories in QUESTIONS.values()]
    if not any(codes) or any(code not in options for code, options in zip(codes, known, strict=True)):
        raise ValueError("no question was asked, or a code that the set does not have")
    return codes


def open_response(sealed: bytes, seed: bytes, fields: dict[str, str]) -> tuple[int, ...]:
    return codes_of(hpke_open(XWing.of(seed), sealed, response_info(fields)))


def pool(path: Path, table: str = "response") -> list[bytes]:
    """Every row, once."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        schema = f'CREATE TABLE "{table}" (\n   "sealed" BLOB NOT NULL\n)'
        if [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master")] != [schema]:
            raise ValueError("another schema")
        rows = {sealed for (sealed,) in connection.execute(f"SELECT sealed FROM {table}")}  # noqa: S608 - a table named here
    size = 1152 if table == "response" else 1264
    if any(not isinstance(sealed, bytes) or len(sealed) != size for sealed in rows):
        raise ValueError("a row of another size")
    return sorted(rows)


def batch(path: Path) -> list[bytes]:
    """The responses from paper that are on their way into the pool."""
    if not path.exists():
        return []
    content = path.read_bytes()
    if not content or len(content) % 1152:
        raise ValueError("a batch of another length")
    return [content[at : at + 1152] for at in range(0, len(content), 1152)]


def events(data: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The folder and the details of every event that a data folder holds."""
    for folder in (path.parent for path in (data / "kiosk").glob("*/event.json")):
        fields = event_of((folder / "event.json").read_bytes())
        if folder.name != event_id(fields).hex():
            raise ValueError("the event is not the folder's")
        yield folder, fields


def responses(data: Path, seed: bytes) -> Iterator[tuple[int, ...]]:
    """Every response of every event that a data folder holds."""
    for folder, fields in events(data):
        sealed = {*pool(folder / "responses.db"), *batch(folder / "batch")}
        yield from (open_response(one, seed, fields) for one in sorted(sealed))


# Groups: FORMAT.md, section 11

QUESTIONS: dict[str, dict[str, tuple[int, ...]]] = {
    "occupation": {
        "professional": (1, 2),
        "intermediate": (3, 4),
        "working_class": (5, 6, 7),
        "other_or_not_known": (8,),
        "prefer_not_to_say": (9,),
    },
    "school": {
        "state": (1,),
        "independent": (2, 3),
        "outside_uk": (4,),
        "not_known": (5,),
        "prefer_not_to_say": (6,),
    },
    "meals": {
        "eligible": (1,),
        "not_eligible": (2,),
        "not_applicable": (3,),
        "not_known": (4,),
        "prefer_not_to_say": (5,),
    },
    "degree": {"no_parent": (1,), "a_parent": (2,), "not_known": (3,), "prefer_not_to_say": (4,)},
}
"""The question set's categories and the codes that each counts, in its order."""

Counts = dict[str, dict[str, int]]
"""By question and category, of the questions that were asked."""


def group_info(fields: dict[str, str], tally_key_id: bytes) -> bytes:
    return b"fairstart sealed group 1\0" + tally_key_id + event_id(fields) + fields["question_set"].encode("ascii")


def counts_of(record: bytes) -> tuple[int, Counts]:
    """How many people, exactly, and their noisy counts."""
    version, asked, people, *numbers = struct.unpack(">BBI28i10x", record)
    if version != 1 or not 0 < asked < 16 or any(record[118:]) or people < 10:
        raise ValueError("not a version 1 record of a group")
    counts: Counts = {}
    for place, (question, categories) in enumerate(QUESTIONS.items()):
        own = numbers[7 * place : 7 * place + 7]
        was_asked = asked >> place & 1
        if any(own[len(categories) * was_asked :]) or sum(own) != people * was_asked:
            raise ValueError("the counts are not of these people")
        if was_asked:
            counts[question] = dict(zip(categories, own, strict=False))
    return people, counts


def open_group(sealed: bytes, seed: bytes, fields: dict[str, str]) -> tuple[int, Counts]:
    """Open with the tally key's seed."""
    key = XWing.of(seed)
    return counts_of(hpke_open(key, sealed, group_info(fields, key_id(TALLY_PUBLIC, key.public))))


def groups(data: Path, seed: bytes) -> Iterator[tuple[int, Counts]]:
    """Every group of every event that a kiosk's data folder holds, for the seed of its `tally.pub`."""
    if unarmour((data / "kiosk" / "tally.pub").read_bytes(), TALLY_PUBLIC) != XWing.of(seed).public:
        raise ValueError("the tally key is another kiosk's")
    for folder, fields in events(data):
        for sealed in pool(folder / "groups.db", "noisy_group"):
            people, counts = open_group(sealed, seed, fields)
            if people != 10:
                raise ValueError("a kiosk's group is ten people")
            yield people, counts


def ended(data: Path) -> list[str]:
    """The names of the events that were ended."""
    return [fields["name"] for folder, fields in events(data) if (folder / "ended").exists()]


# Exports and receipts: FORMAT.md, sections 16 and 17

EXPORT_SIZES = [1 << power for power in range(18, 28)]


@dataclass(frozen=True)
class Export:
    """What a kiosk handed over."""

    kiosk_public: bytes
    fields: dict[str, str]
    secret: bytes
    sealed: tuple[bytes, ...]
    token: bytes = b""
    debrief: bytes = b""
    """Its record."""


def hand_over_stem(kiosk_id: bytes, fields: dict[str, str]) -> str:
    """What an export and its receipt are called, before the dot."""
    digits = hashlib.sha256(b"fairstart export name 1\0" + kiosk_id + event_id(fields)).digest()[:8].hex()
    return f"fairstart-{digits}"


def open_export(content: bytes, office_seed: bytes) -> Export:
    """Open and check everything but the responses."""
    office_id = key_id(OFFICE_PUBLIC, office_public(office_seed))
    if len(content) not in EXPORT_SIZES or content[:19] != b"fairstart export 1\n":
        raise ValueError("not an export of version 1")
    plain = hpke_open(XWing.of(office_seed), content[19:], b"fairstart sealed export 1\0" + office_id)
    place = 0

    def take(size: int) -> bytes:
        nonlocal place
        place += size
        if place > len(plain):
            raise ValueError("a length points past the end")
        return plain[place - size : place]

    kiosk, signature = take(32), take(64)
    start = place
    event = take(int.from_bytes(take(4), "big"))
    secret = take(32)
    sealed = tuple(take(1152) for _ in range(int.from_bytes(take(4), "big")))
    has_debrief = any(plain[place + 32 : place + 33])
    token = take(32) if has_debrief or any(plain[place : place + 32]) else b""
    debrief = take(6144) if has_debrief else b""
    if debrief:
        debrief_of(debrief)
    token = token if any(token) else b""
    if any(plain[place:]) or list(sealed) != sorted(set(sealed)):
        raise ValueError("not ascending, or not filled up with zeros")
    Ed25519PublicKey.from_public_bytes(kiosk).verify(
        signature, b"fairstart export 1\0" + office_id + plain[start:place]
    )
    fields = event_of(event)
    if base64.b64decode(fields["office_key_id"]) != office_id or fields["question_set"] != "smc-2021":
        raise ValueError("an event of another office, or with other questions")
    return Export(kiosk, fields, secret, sealed, token, debrief)


def answers_in(found: Export, office_seed: bytes) -> list[tuple[int, ...]]:
    """What the responses in an export say, those left out that do not open. If none opens the export is refused."""
    opened = []
    for sealed in found.sealed:
        with suppress(InvalidTag, ValueError):
            opened.append(open_response(sealed, office_seed, found.fields))
    if found.sealed and not opened:
        raise ValueError("nothing in it opens")
    return opened


def hand_over_note(content: bytes) -> dict[str, object]:
    """What `handover.json` notes; nothing where it is damaged."""
    nothing: dict[str, object] = {"exported": 0, "received": 0, "deletion": "", "files": []}
    nothing |= {"debrief": 0, "debrief_exported": 0, "debrief_received": 0}
    with suppress(ValueError, TypeError):
        noted = nothing | json.loads(content.decode("utf-8"))
        digests = [one_form(text) for text in noted["files"]]
        sound = noted.keys() == nothing.keys() and 0 <= noted["received"] <= noted["exported"]
        if sound and noted["deletion"] in {"", "begun", "done"} and len(digests) <= 64:
            return noted if all(len(digest) == 16 for digest in digests) else nothing
    return nothing


def receipt_secret(kiosk_seed: bytes, fields: dict[str, str]) -> bytes:
    return hkdf_expand(hkdf_extract(b"", kiosk_seed), b"fairstart kiosk receipts 1\0" + event_id(fields), 32)


def receipt_digest(secret: bytes, sealed: Iterable[bytes], debrief: bytes = b"") -> bytes:
    rows = sorted(set(sealed))
    return hmac.digest(secret, len(rows).to_bytes(4, "big") + b"".join(rows) + debrief, "sha256")


def receipt_covers(  # noqa: PLR0913 - one argument for each part
    content: bytes,
    office_encoded: bytes,
    kiosk_seed: bytes,
    fields: dict[str, str],
    held: Iterable[bytes],
    *,
    debrief: bytes = b"",
) -> bool:
    """Whether the office has signed that it has exactly these. InvalidSignature if it has not signed at all."""
    payload = unarmour(content, RECEIPT)
    if len(payload) != 128:
        raise ValueError("a receipt has 128 bytes")
    signed, signature = payload[:64], payload[64:]
    Ed25519PublicKey.from_public_bytes(office_encoded[1216:]).verify(
        signature, b"fairstart receipt 1\0" + key_id(OFFICE_PUBLIC, office_encoded) + signed
    )
    own_id = key_id(KIOSK_PUBLIC, kiosk_public(kiosk_seed))
    return signed == own_id + event_id(fields) + receipt_digest(receipt_secret(kiosk_seed, fields), held, debrief)


# The debrief: FORMAT.md, section 26


def debrief_of(record: bytes) -> tuple[bytes, int, tuple[str, str, str]]:
    """Its id, its revision and its three answers."""
    if len(record) != 6144 or record[0] != 1:
        raise ValueError("not a version 1 record of a debrief")
    revision = int.from_bytes(record[9:13], "big")
    place, texts = 13, []
    for _ in range(3):
        end = place + 2 + int.from_bytes(record[place : place + 2], "big")
        texts.append(record[place + 2 : end].decode("utf-8"))
        place = end
    steers = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]")
    if not revision or place > 6144 or any(record[place:]) or not any(texts):
        raise ValueError("not a record of a debrief")
    if any(len(text) > 500 or steers.search(text) for text in texts):
        raise ValueError("a text that no debrief has")
    return record[1:9], revision, (texts[0], texts[1], texts[2])


def open_debrief(content: bytes, kiosk_seed: bytes, fields: dict[str, str]) -> bytes:
    """The record in a laptop's file."""
    key = hkdf_expand(hkdf_extract(b"", kiosk_seed), b"fairstart kiosk debrief 1\0" + event_id(fields), 32)
    return ChaCha20Poly1305(key).decrypt(content[:12], content[12:], None)


def debriefs_at(data: Path, office_seed: bytes) -> dict[tuple[bytes, bytes], tuple[bytes | None, bytes | None]]:
    """The records of an office's store, as written and as changed there, by event and id."""
    key = hkdf_expand(hkdf_extract(b"", office_seed), b"fairstart office debriefs 1", 32)

    def opened(sealed: bytes | None, column: bytes, event: bytes, id_: bytes) -> bytes | None:
        bound = column + b"\0" + event + id_
        return None if sealed is None else ChaCha20Poly1305(key).decrypt(sealed[:12], sealed[12:], bound)

    with closing(sqlite3.connect(data / "office" / "office.db")) as connection:
        return {
            (event, id_): (opened(written, b"written", event, id_), opened(changed, b"changed", event, id_))
            for event, id_, written, changed in connection.execute("SELECT event, id, written, changed FROM debrief")
        }


# The office's store and its noise: FORMAT.md, section 18


def exact_counts(everyone: Iterable[tuple[int, ...]]) -> Counts:
    """Of people who were all asked the same."""
    counts: Counts = {}
    for codes in everyone:
        for (question, categories), code in zip(QUESTIONS.items(), codes, strict=True):
            if code:
                sums = counts.setdefault(question, dict.fromkeys(categories, 0))
                for category, counted in categories.items():
                    sums[category] += code in counted
    return counts


def noise_key(office_seed: bytes) -> bytes:
    return hkdf_expand(hkdf_extract(b"", office_seed), b"fairstart office noise 1", 32)


def members_digest(response_ids: Iterable[bytes]) -> bytes:
    return hashlib.sha256(b"".join(sorted(response_ids))).digest()


def noise_block(key: bytes, question: str, digest: bytes, number: int) -> bytes:
    message = b"fairstart office noise 1\0" + question.encode("ascii") + b"\0" + digest + number.to_bytes(4, "big")
    return hmac.digest(key, message, "sha256")


def keyed_noise(key: bytes, question: str, response_ids: Iterable[bytes]) -> list[int]:
    """One number for each category of a question, in its order."""
    digest = members_digest(response_ids)
    coins = ""
    number = 0

    def heads() -> int:
        nonlocal coins, number
        while "0" not in coins:
            coins += "".join(f"{byte:08b}" for byte in noise_block(key, question, digest, number))
            number += 1
        run, coins = coins.split("0", 1)
        return len(run)

    while True:
        vector = [heads() - heads() for _ in QUESTIONS[question]]
        if sum(vector) == 0:
            return vector


def unseal(sealed: bytes, office_seed: bytes, bound: bytes) -> bytes:
    key = hkdf_expand(hkdf_extract(b"", office_seed), b"fairstart office tallies 1", 32)
    return ChaCha20Poly1305(key).decrypt(sealed[:12], sealed[12:], bound)


def waiting_counts(packed: bytes) -> Counts:
    """The exact counts of those who wait."""
    counts: Counts = {}
    for place, (question, categories) in enumerate(QUESTIONS.items()):
        asked, *numbers = struct.unpack_from(">B7I", packed, 29 * place)
        if asked:
            counts[question] = dict(zip(categories, numbers, strict=False))
    return counts


@dataclass(frozen=True)
class Told:
    """A sum in an office's store: how many it is of and what it says, beside what the responses behind it say."""

    people: int
    counts: Counts
    exact: Counts
    response_ids: tuple[bytes, ...]


@dataclass(frozen=True)
class OfficeStore:
    """What an office's store says: a sum over each group, and over each part of an event that waits."""

    groups: list[Told]
    waiting: list[Told]
    deleted: set[tuple[bytes, bytes]]
    """Responses that were deleted: an event's id and a digest."""


def deleted_digest(office_seed: bytes, event: bytes, id_: bytes) -> bytes:
    key = hkdf_expand(hkdf_extract(b"", office_seed), b"fairstart office deleted 1", 32)
    return hmac.digest(key, event + id_, "sha256")[:16]


def row_number(key: list[bytes | int]) -> int:
    whole = b"".join(part.to_bytes(8, "big") if isinstance(part, int) else part for part in key)
    (number,) = struct.unpack(">q", hashlib.sha256(whole).digest()[:8])
    return int(number)


def require_row_numbers(connection: sqlite3.Connection) -> None:
    """Rows stand where their keys put them, whatever came first."""
    for query in (
        "SELECT rowid, id FROM kiosk",
        "SELECT rowid, id FROM event",
        "SELECT rowid, number, event FROM correction",
        "SELECT rowid, event, digest FROM deleted",
        "SELECT rowid, event FROM retained",
        "SELECT rowid, id FROM planned",
        "SELECT rowid, id FROM stick",
        "SELECT rowid, digest FROM token",
        "SELECT rowid, mark FROM computer",
        "SELECT rowid, event, kiosk, responses FROM handed",
        "SELECT rowid, event, asked FROM waiting",
        "SELECT rowid, together, event FROM member",
    ):
        if any(number != row_number(key) for number, *key in connection.execute(query)):
            raise ValueError("the number of a row is not that of its key")
    for number, event, id_ in connection.execute("SELECT rowid, event, id FROM response"):
        if number.to_bytes(8, "big", signed=True) != event[:2] + id_[:6]:
            raise ValueError("the number of a response is not that of its event and id")


def office_copy(content: bytes, office_seed: bytes) -> tuple[str, dict[str, bytes]]:
    """The day of a copy, and its files."""
    if not content.startswith(b"fairstart copy 1\n") or len(content) not in {1 << power for power in range(20, 31)}:
        raise ValueError("no copy")
    end = 17 + 16 + 32 + 4 + int.from_bytes(content[65:69], "big")
    if content[17:33] != key_id("FAIRSTART OFFICE PUBLIC KEY 1", office_public(office_seed)):
        raise ValueError("of another office")
    key = hkdf_expand(hkdf_extract(b"", office_seed), b"fairstart office copy 1\0" + content[33:65], 32)
    plain = ChaCha20Poly1305(key).decrypt(bytes(12), content[end:], content[:end])
    place = 4 + int.from_bytes(plain[:4], "big")
    listed = json.loads(plain[4:place])
    files: dict[str, bytes] = {}
    for one in listed["files"]:
        files[one["name"]] = plain[place : place + one["size"]]
        place += one["size"]
    if any(plain[place:]) or place > len(plain) or len(files) != len(listed["files"]):
        raise ValueError("cut short")
    return listed["made"], files


def office_store(path: Path, office_seed: bytes) -> OfficeStore:
    """Open every response of an office's store, and every sum."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        ((version,),) = connection.execute("PRAGMA user_version")
        if version != 1:
            raise ValueError("not a version 1 store")
        described = {id_: event_of(content) for id_, content in connection.execute("SELECT id, described FROM event")}
        for came, level in connection.execute("SELECT head_count, level FROM event"):
            if (came is not None and came < 0) or level not in {None, 2, 3, 4, 5, 6, 7}:
                raise ValueError("people under nought, or no level")
        if any(event_id(fields) != id_ for id_, fields in described.items()):
            raise ValueError("an event's id is not its own")
        rows = list(connection.execute("SELECT event, id, sealed, asked, together FROM response"))
        require_row_numbers(connection)
        noisy = list(connection.execute("SELECT number, people, counts FROM noisy_group"))
        members = list(connection.execute("SELECT together, event, people FROM member ORDER BY together, event"))
        waiting = list(connection.execute("SELECT event, asked, people, tally FROM waiting"))
        retained = {event for (event,) in connection.execute("SELECT event FROM retained")}
        deleted = {tuple(row) for row in connection.execute("SELECT event, digest FROM deleted")}
    if any(response_id(sealed) != id_ for _, id_, sealed, _, _ in rows):
        raise ValueError("a response's id is not its own")

    def told(people: int, counts: Counts, own: list[tuple[bytes, bytes, bytes]]) -> Told:
        opened = [open_response(sealed, office_seed, described[event]) for event, _, sealed in own]
        return Told(people, counts, exact_counts(opened), tuple(id_ for _, id_, _ in own))

    found = OfficeStore([], [], deleted)
    for number, people, sealed in noisy:
        parts = b"".join(event + part.to_bytes(4, "big") for which, event, part in members if which == number)
        size, counts = counts_of(unseal(sealed, office_seed, b"group\0" + number.to_bytes(8, "big") + parts))
        own = [(event, id_, row) for event, id_, row, _, together in rows if together == number]
        gone = sum(part for which, event, part in members if which == number and event in retained)
        if size != people or len(own) not in {people, people - gone}:
            raise ValueError("a group of other people")
        found.groups.append(told(people, counts, own))
    for event, asked, people, sealed in waiting:
        counts = waiting_counts(unseal(sealed, office_seed, b"waiting\0" + event + bytes([asked])))
        own = [row[:3] for row in rows if row[0] == event and row[3] == asked and row[4] is None]
        found.waiting.append(told(people, counts, own))
    return found
