"""Public recordings as the long CSV: one small file a source."""

from monitor.convert import cgm, mimic, sepsis2019, tihm
from monitor.convert.base import Source

SOURCES: tuple[Source, ...] = (tihm.SOURCE, sepsis2019.SOURCE, cgm.SOURCE, mimic.SOURCE)
BY_NAME = {source.name: source for source in SOURCES}
