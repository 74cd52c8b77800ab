"""PhysioNet/CinC Challenge 2019: hourly vital signs in intensive care, with the onset of sepsis.

Reyna et al., Critical Care Medicine 2020. One table with a patient_id, or the folder of p000001.psv, … as PhysioNet
has it. Hours since admission are counted from 2019-01-01T00:00Z: the recording
has no dates.
"""

from monitor.convert.base import Source, unpivot

ONSETS = """
SELECT patient_id AS patient,
  _AT(min(hour) FILTER (label = 1) + 6) AS onset, _AT(min(hour)) AS first, _AT(max(hour)) AS last
FROM (SELECT patient_id, ICULOS::DOUBLE::BIGINT AS hour, nullif(SepsisLabel::DOUBLE, 'nan')::INT AS label
  FROM recording WHERE isfinite(ICULOS::DOUBLE))
GROUP BY ALL ORDER BY 1
""".replace("_AT", "TIMESTAMP '2019-01-01 00:00:00' + INTERVAL 1 HOUR * ")
"""Patient, onset (SepsisLabel turns 1 six hours before it; null where it never does), first and last hour recorded."""

UNLABELLED = """
SELECT patient_id FROM recording WHERE isfinite(ICULOS::DOUBLE) GROUP BY 1
HAVING count(nullif(SepsisLabel::DOUBLE, 'nan')) = 0 ORDER BY 1
"""
"""Patients of whom no row says whether they had sepsis: taken as without onset."""

_STAMP = "strftime({0}, '%Y-%m-%dT%H:%M:%SZ') AS {0}"

SOURCE = Source(
    name="sepsis2019",
    title="CinC Challenge 2019 table",
    files=("sepsis2019_dev.csv.gz", "sepsis2019.csv.gz", "sepsis2019.csv"),
    needs=("patient_id", "ICULOS"),
    may=("HR", "O2Sat", "Temp", "SBP", "DBP", "Resp", "Glucose"),
    folder=True,
    query=unpivot(
        {
            "HR": ("heart_rate", "", "/min"),
            "O2Sat": ("spo2", "", "%"),
            "Temp": ("temperature", "", "Cel"),
            "SBP": ("systolic_bp", "", "mm[Hg]"),
            "DBP": ("diastolic_bp", "", "mm[Hg]"),
            "Resp": ("respiration_rate", "", "/min"),
            "Glucose": ("glucose", "", "mg/dL"),
        },
        patient="patient_id",
        at="TIMESTAMP '2019-01-01 00:00:00' + INTERVAL (ICULOS::DOUBLE::BIGINT) HOUR",
    ),
    labels="SELECT patient, " + ", ".join(map(_STAMP.format, ("onset", "first", "last"))) + f" FROM ({ONSETS})",  # noqa: S608  (our own constants)
    labels_need=("SepsisLabel",),
    unlabelled=UNLABELLED,
)
