"""Continuous glucose monitoring of 57 people, every five minutes (Hall et al., PLoS Biology 2018).

The recording has no time zone; its wall-clock times are taken as UTC.
"""

from monitor.convert.base import Source, unpivot

SOURCE = Source(
    name="cgm",
    title="CGM table (id, time, gl)",
    files=("cgm_hall2018.csv.gz", "cgm.csv.gz", "cgm.csv"),
    needs=("id", "time", "gl"),
    query=unpivot({"gl": ("glucose", "cgm", "mg/dL")}, patient="id", at="time"),
)
