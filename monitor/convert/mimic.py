"""One MIMIC-II numerics recording, a row a minute; 0 means that the probe was off and stays 0 here.

Minutes are counted from 2012-01-01T00:00Z: the recording has no dates. The patient is named as the file is: s00001.
"""

from monitor.convert.base import Source, unpivot

SOURCE = Source(
    name="mimic",
    title="MIMIC-II numerics table",
    files=("mimic_numerics_s00001.csv.gz",),
    needs=("minute", "HR", "PULSE", "RESP", "SpO2", "NBPSys", "NBPDias"),
    query=unpivot(
        {
            "HR": ("heart_rate", "ecg", "/min"),
            "PULSE": ("heart_rate", "oximeter", "/min"),
            "RESP": ("respiration_rate", "ecg", "/min"),
            "SpO2": ("spo2", "oximeter", "%"),
            "NBPSys": ("systolic_bp", "cuff", "mm[Hg]"),
            "NBPDias": ("diastolic_bp", "cuff", "mm[Hg]"),
        },
        patient="coalesce(nullif(regexp_extract(getvariable('stem'), '[A-Za-z]?[0-9]+$'), ''), getvariable('stem'))",
        at="TIMESTAMP '2012-01-01 00:00:00' + INTERVAL (minute) MINUTE",
    ),
)
