"""Opens segmentations and measurement reports with highdicom; prints what it finds as JSON.

usage: read_objects.py FOLDER      (with objects.json: a list of {file, kind, instances, frames})
"""

import hashlib
import json
import sys
import warnings
from pathlib import Path

import highdicom as hd
import numpy as np

warnings.simplefilter("ignore")


def read_segmentation(path, instances, frames):
    seg = hd.seg.segread(path)
    # A frame that is not stored is an empty one.
    empty = {"assert_missing_frames_are_empty": True}
    if len(instances) == 1 and len(frames) > 1:
        pixels = seg.get_pixels_by_source_frame(instances[0], frames, **empty)
    else:
        pixels = seg.get_pixels_by_source_instance(instances, **empty)
    if seg.segmentation_type == hd.seg.SegmentationTypeValues.FRACTIONAL:
        pixels = np.rint(pixels * seg.MaximumFractionalValue)
    pixels = pixels.astype(np.uint8)
    described = {number: seg.get_segment_description(number) for number in seg.segment_numbers}
    return {
        "segments": [
            {
                "label": described[number].segment_label,
                "algorithm": described[number].algorithm_identification.parameters,
                "masks": [hashlib.sha256(frame[..., number - 1].tobytes()).hexdigest() for frame in pixels],
            }
            for number in seg.segment_numbers
        ]
    }


def read_report(path):
    report = hd.sr.srread(path).content
    groups = report.get_planar_roi_measurement_groups() + report.get_image_measurement_groups()
    return {
        "groups": [
            {
                "id": group.tracking_identifier,
                "numbers": [
                    [m.name.meaning, m.derivation.meaning if m.derivation else None, m.value, m.unit.value]
                    for m in group.get_measurements()
                ],
            }
            for group in groups
        ]
    }


def main():
    folder = Path(sys.argv[1])
    out = []
    for item in json.loads((folder / "objects.json").read_text()):
        path = folder / item["file"]
        if item["kind"] == "report":
            out.append(read_report(path))
        else:
            out.append(read_segmentation(path, item["instances"], item["frames"]))
    json.dump(out, sys.stdout)


main()
