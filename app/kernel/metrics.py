"""What the service counts about itself, in Prometheus' text format; several processes add up."""

from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST

_REQUEST_SECONDS = Histogram(
    "rantau_http_request_seconds",
    "Time from a request's headers to the end of its answer; its count is the number of requests.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
REQUESTS_IN_FLIGHT = Gauge(
    "rantau_http_requests_in_flight", "Requests being worked on, given up ones included.", multiprocess_mode="livesum"
)


@cache
def request_seconds(method: str, route: str, status: str) -> Histogram:
    """The histogram of one kind of request; all three are of a bounded number of values."""
    return _REQUEST_SECONDS.labels(method, route, status)


def exposition() -> bytes:
    """All metrics of all processes that serve together."""
    try:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:  # this process serves alone
        registry = REGISTRY
    return generate_latest(registry)
