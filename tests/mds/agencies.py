"""A city's Agency endpoint, after the official OpenAPI (mds-openapi v2.0, reference/agency.yaml, CC BY 4.0)."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

MEDIA_TYPE = "application/vnd.mds+json;version=2.0"
CSV_TYPE = "text/vnd.mds+csv;version=2.0"
IDS = {
    "vehicles": "device_id",
    "stops": "stop_id",
    "events": "event_id",
    "telemetry": "telemetry_id",
    "trips": "trip_id",
}
REQUIRED = {
    "vehicles": {"device_id", "provider_id", "vehicle_id", "vehicle_type", "propulsion_types"},
    "events": {"device_id", "provider_id", "event_id", "vehicle_state", "event_types", "timestamp"},
    "telemetry": {
        *("device_id", "provider_id", "telemetry_id", "timestamp"),
        *("trip_ids", "journey_id", "location"),
    },
    "stops": {"stop_id", "last_updated"},
    "trips": {
        *("provider_id", "device_id", "trip_id", "start_time", "end_time"),
        *("start_location", "end_location", "duration", "distance"),
    },
}


@dataclass
class AgencyServer:
    """Keeps what it takes, by id. `status` is said instead of an answer; `dies` takes a request and says nothing."""

    token: str
    status: int | None = None
    dies: bool = False
    refuses: set[str] = field(default_factory=set)
    kept: dict[str, dict[str, Any]] = field(default_factory=lambda: {name: {} for name in IDS})
    reports: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    bodies: list[tuple[str, str, Any]] = field(default_factory=list)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if name == "reports":
            return self._file(request)
        records = msgspec.json.decode(request.content)
        self.asked.append((request.method, name, len(records)))
        self.bodies.append((request.method, name, records))
        if self.status is not None:
            return httpx.Response(self.status)
        if request.headers["authorization"] != f"Bearer {self.token}":
            return httpx.Response(401)
        if {request.headers["accept"], request.headers["content-type"]} != {MEDIA_TYPE}:
            return httpx.Response(406)
        failures = [failure for record in records if (failure := self._take(request.method, name, record))]
        if self.dies:
            raise httpx.ReadError("the agency went away")
        return self._bulk(request.method, len(records), failures)

    def _file(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.headers["content-type"]) == ("POST", CSV_TYPE)
        self.reports.append(request.content.decode())
        return httpx.Response(self.status or 201, json={"success": 1, "total": 1, "failures": []})

    def _take(self, method: str, name: str, record: Any) -> dict[str, Any] | None:
        def failure(error: str, *details: str) -> dict[str, Any]:
            return {"item": record, "error": error, "error_description": error, "error_details": list(details)}

        missing, id_ = REQUIRED[name] - record.keys(), record.get(IDS[name])
        is_stop = name == "stops"
        is_known = id_ in self.kept["stops"] if is_stop else record.get("device_id") in self.kept["vehicles"]
        if missing:
            return failure("missing_param", *sorted(missing))
        if id_ in self.refuses:
            return failure("bad_param", "vehicle_id")
        is_new = name in ("vehicles", "stops") and method == "POST"
        if is_new and is_known:
            return failure("already_registered")
        if not is_new and not is_known:
            return failure("unregistered")
        self.kept[name][id_] = self.kept[name].get(id_, {}) | record
        return None

    def _bulk(self, method: str, total: int, failures: list[dict[str, Any]]) -> httpx.Response:
        errors = {each["error"] for each in failures}
        status = 200 if method == "PUT" else 201
        if errors & {"missing_param", "bad_param"}:
            status = 400
        elif "unregistered" in errors:
            status = 404
        elif errors:
            status = 409
        return httpx.Response(status, json={"success": total - len(failures), "total": total, "failures": failures})
