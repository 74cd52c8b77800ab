"""TIHM: people living with dementia, monitored at home (Palermo et al., Scientific Data 2023).

Wall-clock times are taken as UTC. Skin temperature, muscle mass and body water are no signals of ours and are left out;
the heart rate comes from the pressure cuff.
"""

from monitor.convert.base import Source

SOURCE = Source(
    name="tihm",
    title="TIHM physiology table",
    files=("tihm_dev/physiology.csv.gz", "physiology.csv.gz", "Physiology.csv", "physiology.csv"),
    needs=("patient_id", "date", "device_type", "value", "unit"),
    query=lambda _: (
        """
        SELECT patient_id AS patient, m.device, m.signal, date AS stamp, value, m.unit
        FROM recording JOIN (VALUES
            ('Systolic blood pressure', 'systolic_bp', 'cuff', 'mm[Hg]'),
            ('Diastolic blood pressure', 'diastolic_bp', 'cuff', 'mm[Hg]'),
            ('Heart rate', 'heart_rate', 'cuff', '/min'),
            ('Body weight', 'weight', 'scale', 'kg'),
            ('Body Temperature', 'temperature', 'thermometer', 'Cel')
        ) AS m(name, signal, device, unit) ON recording.device_type = m.name
    """
    ),
    labelled="the folder of its labels.csv",
)
