"""Payload formats, one small file each. ``DECODERS`` is the register: nothing is discovered by scanning."""

from collections.abc import Mapping

from ingest.decoders.base import Decoder
from ingest.decoders.event import Event
from ingest.decoders.gateway_lwt import GatewayLwt
from ingest.decoders.jumper import Jumper
from ingest.decoders.open_mhealth import OpenMHealth
from ingest.decoders.senml import NAMES, SenML
from ingest.decoders.status import Status
from ingest.decoders.theengs import Theengs
from ingest.decoders.vitals import Vitals
from ingest.validate import TimePolicy

DECODERS = ("vitals", "status", "event", "senml", "open_mhealth", "theengs", "gateway_lwt", "jumper")
"""The names that a route may use."""


def make_decoders(policy: TimePolicy, senml_names: Mapping[str, str] = NAMES) -> dict[str, Decoder]:
    """Every decoder by its name.

    >>> tuple(make_decoders(TimePolicy())) == DECODERS
    True
    """
    decoders: tuple[Decoder, ...] = (
        Vitals(),
        Status(),
        Event(policy),
        SenML(senml_names),
        OpenMHealth(),
        Theengs(),
        GatewayLwt(),
        Jumper(),
    )
    return {decoder.name: decoder for decoder in decoders}
