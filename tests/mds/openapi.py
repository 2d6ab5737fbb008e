"""The official OpenAPI of MDS 2.0 as JSON Schema, from a folder of its files (CC BY 4.0; not part of this repository).

Two repairs are needed before JSON Schema tools take it: `contains: [a, b]` means `contains: {enum: [a, b]}`; and of the
`oneOf` over modes only the one that is meant is kept, for no document says which it is. And python-jsonschema takes the
pattern "" for none, which JSON Schema does not: it is written as ".*". The pattern of days and minutes has no November.

https://github.com/openmobilityfoundation/mds-openapi, branch v2.0
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


class Official:
    """Schemas of one mode."""

    def __init__(self, folder: Path, mode: str) -> None:
        self._folder, self._mode = folder.resolve(), mode
        self._registry: Registry[Any] = Registry(retrieve=cache(self._retrieve))

    def faults(self, api: str, path: str, document: Any, *, method: str = "get", status: str = "200") -> list[str]:
        """What is wrong with an answer of an API (`provider`, `policy`, …)."""
        steps = (
            "paths",
            path.replace("/", "~1"),
            method,
            "responses",
            status,
            "content",
            "application~1json",
            "schema",
        )
        return self._faults(f"reference/{api}.yaml#/{'/'.join(steps)}", document)

    def faults_of_body(self, api: str, path: str, document: Any, *, method: str) -> list[str]:
        """What is wrong with what is sent to an API."""
        steps = ("paths", path.replace("/", "~1"), method, "requestBody", "content", "application~1json", "schema")
        return self._faults(f"reference/{api}.yaml#/{'/'.join(steps)}", document)

    def _faults(self, pointer: str, document: Any) -> list[str]:
        schema = {"$ref": f"{self._folder.as_uri()}/{pointer}"}
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=FormatChecker())
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(document)]

    def _retrieve(self, uri: str) -> Resource[Any]:
        text = Path(uri.removeprefix("file://")).read_text(encoding="utf-8")
        return Resource.from_contents(self._repaired(yaml.safe_load(text)), default_specification=DRAFT202012)

    def _repaired(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self._repaired(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        repaired = {key: self._repaired(value) for key, value in schema.items()}
        if isinstance(schema.get("pattern"), str):
            repaired["pattern"] = schema["pattern"].replace("(0[1-9]|1[02])", "(0[1-9]|1[0-2])")
        if isinstance(schema.get("contains"), list):
            repaired["contains"] = {"enum": schema["contains"]}
        if any("modes/" in str(each.get("$ref", "")) for each in schema.get("oneOf", ())):
            repaired["oneOf"] = [each for each in repaired["oneOf"] if f"modes/{self._mode}/" in each["$ref"]]
        if "" in repaired.get("patternProperties", {}):
            repaired["patternProperties"] = {".*": repaired["patternProperties"][""]}
        return repaired
