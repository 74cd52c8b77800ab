"""Finding the bucket at start, or making it where the token may."""

from typing import Any

import structlog

from store.influx_faults import Refusal
from store.influx_link import InfluxLink, api

log = structlog.get_logger(__name__)


def open_bucket(link: InfluxLink) -> None:
    """Make sure that the server answers and the bucket is there.

    Raises Refusal where the organisation or the bucket is missing and this token may not make the bucket.
    """
    link.call(link.client.version)
    if not _found(link):
        _create(link)


def _found(link: InfluxLink) -> bool:
    service = api.BucketsService(link.client.api_client)
    target = link.target
    try:
        answer: Any = link.call(lambda: service.get_buckets(org=target.org, name=target.bucket))
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return False
    return bool(answer.buckets)


def _create(link: InfluxLink) -> None:
    """Without an expiry: what is kept how long is homevigil's own setting (``retain``)."""
    service = api.BucketsService(link.client.api_client)
    request = api.PostBucketRequest(name=link.target.bucket, org_id=_organisation(link), retention_rules=[])
    link.call(lambda: service.post_buckets(post_bucket_request=request))
    log.info("bucket_created", org=link.target.org, bucket=link.target.bucket)


def _organisation(link: InfluxLink) -> str:
    service = api.OrganizationsService(link.client.api_client)
    answer: Any = link.call(lambda: service.get_orgs(org=link.target.org))
    if not answer.orgs:
        raise Refusal(404, "no such organisation", link.target.shown)
    return str(answer.orgs[0].id)
