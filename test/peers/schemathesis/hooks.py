"""Bodies that are files: without an example, whatever is made up would be refused as no image."""

import datetime
import os
import re

import schemathesis
from hypothesis import strategies as st

FILES = os.environ["D_PERSONA_FILES"]


def read(name):
    with open(os.path.join(FILES, name), "rb") as file:
        return file.read()


PNG, DICOM = read("image.png"), read("image.dcm")
BOUNDARY = b"boundary"
RELATED = b"\r\n".join(
    [b"--" + BOUNDARY, b"Content-Type: application/dicom", b"", DICOM, b"--" + BOUNDARY + b"--", b""]
)

for media_type, bytes_ in {
    "image/png": PNG,
    "image/jpeg": read("image.jpg"),
    "application/dicom": DICOM,
    "application/zip": read("series.zip"),
    "multipart/related": RELATED,
}.items():
    schemathesis.openapi.media_type(media_type, st.just(bytes_))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Mends what no schema can say, and would be refused as it should be; what is to be refused stays."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.media_type == "multipart/related":
        case.headers["Content-Type"] = f'multipart/related; type="application/dicom"; boundary={BOUNDARY.decode()}'
    body = case.body
    if not isinstance(body, dict):
        return
    # A case has a region and a frame already.
    if "case" in body and case.query:
        for name in ("region", "frame"):
            case.query.pop(name, None)
    if isinstance(body.get("expires"), str):
        body["expires"] = in_future(body["expires"])
    # An option stands in the query or in the part "options", not in both.
    if isinstance(body.get("options"), dict):
        for name in set(body["options"]) & set(case.query or {}):
            del case.query[name]
    # Half of all releases that are asked for are one that there is.
    release = body.get("release")
    if isinstance(release, str) and re.fullmatch("[0-7][0-9a-f]{63}", release):
        body["release"] = os.environ["D_PERSONA_RELEASE"]


def in_future(moment):
    try:
        datetime.datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError:
        return moment
    return "2999" + moment[4:]
