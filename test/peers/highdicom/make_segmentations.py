"""Makes segmentations of a small CT series with highdicom, and says where their pixels belong, as JSON.

usage: make_segmentations.py FOLDER      (writes NAME.dcm for each, and masks.json)
"""

import json
import sys
import warnings
from pathlib import Path

import highdicom as hd
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

warnings.simplefilter("ignore")
ROWS, COLUMNS, FRAMES = 11, 13, 3


def source(index):
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = CTImageStorage
    image.SOPInstanceUID = f"2.25.7000{index + 1}"
    image.StudyInstanceUID, image.SeriesInstanceUID = "2.25.71", "2.25.72"
    image.FrameOfReferenceUID = "2.25.73"
    image.PatientID, image.PatientName, image.PatientBirthDate, image.PatientSex = "P", "A^B", "", ""
    image.StudyID, image.StudyDate, image.StudyTime, image.AccessionNumber = "1", "", "", ""
    image.ReferringPhysicianName, image.PositionReferenceIndicator = "", ""
    image.Modality, image.SeriesNumber, image.InstanceNumber = "CT", 1, index + 1
    image.Rows, image.Columns, image.SamplesPerPixel = ROWS, COLUMNS, 1
    image.PixelSpacing, image.SliceThickness = [0.8, 0.6], 2.0
    image.ImageOrientationPatient = [-1, 0, 0, 0, -1, 0]
    image.ImagePositionPatient = [10.0, 20.0, 2.0 * index]
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
    image.PhotometricInterpretation = "MONOCHROME2"
    image.PixelData = bytes(2 * ROWS * COLUMNS)
    return image


def describe(number):
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=f"Reader {number}",
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Lesion,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        tracking_id=f"reader/{number}",
        tracking_uid=f"2.25.8{number}",
    )


def main():
    folder = Path(sys.argv[1])
    random = np.random.default_rng(11)
    overlapping = random.integers(0, 2, (FRAMES, ROWS, COLUMNS, 2), dtype=np.uint8)
    labels = random.integers(0, 3, (FRAMES, ROWS, COLUMNS), dtype=np.uint8)
    apart = np.stack([labels == 1, labels == 2], axis=-1).astype(np.uint8)
    kinds = {
        "binary": ("BINARY", overlapping, overlapping),
        "fractional": ("FRACTIONAL", random.random((FRAMES, ROWS, COLUMNS, 2)), None),
        "labelmap": ("LABELMAP", apart, apart),
    }
    masks = {}
    images = [source(index) for index in range(FRAMES)]
    for name, (kind, pixels, expected) in kinds.items():
        if expected is None:
            expected = (np.rint(pixels * 255) * 2 >= 255).astype(np.uint8)
        seg = hd.seg.Segmentation(
            source_images=images,
            pixel_array=pixels,
            segmentation_type=kind,
            segment_descriptions=[describe(1), describe(2)],
            series_instance_uid="2.25.74",
            series_number=2,
            sop_instance_uid=f"2.25.9{len(masks)}",
            instance_number=1,
            manufacturer="test",
            manufacturer_model_name="test",
            software_versions="1",
            device_serial_number="1",
        )
        seg.save_as(folder / f"{name}.dcm")
        masks[name] = [[expected[frame, ..., s].ravel().tolist() for frame in range(FRAMES)] for s in range(2)]
    (folder / "masks.json").write_text(json.dumps(masks))


main()
