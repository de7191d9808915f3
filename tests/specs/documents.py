"""Small documents that use a little of everything, one a dialect; the fuzz test mutates them."""

from __future__ import annotations

from typing import Any

_SCHEMAS: dict[str, Any] = {
    "Pet": {
        "type": "object",
        "required": ["kind", "name"],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "Cat", "dog": "#/components/schemas/Dog"},
        },
        "properties": {
            "kind": {"type": "string"},
            "name": {"type": "string", "minLength": 1, "pattern": "^\\w+$", "example": "Rex"},
            "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3, "uniqueItems": True},
            "parent": {"$ref": "#/components/schemas/Pet"},
            "more": {"type": "object", "additionalProperties": {"type": "number", "multipleOf": 0.5}},
        },
    },
    "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"lives": {"type": "integer"}}}]},
    "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}], "properties": {"loud": {"type": "boolean"}}},
    "Size": {"type": "string", "enum": ["s", "m", None], "default": "s", "x-enum-varnames": ["S", "M"]},
    "Any": {"oneOf": [{"$ref": "#/components/schemas/Size"}, {"type": "integer"}], "not": {"const": 7}},
}

V30: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "description": "Keeps pets."},
    "servers": [
        {"url": "https://{region}.x.org", "variables": {"region": {"default": "eu", "enum": ["us"]}}}
    ],
    "security": [{"token": []}, {}],
    "tags": [{"name": "pets", "description": "All of them."}],
    "paths": {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "getPet",
                "tags": ["pets"],
                "summary": "One pet.",
                "parameters": [
                    {"$ref": "#/components/parameters/Fields"},
                    {
                        "name": "q",
                        "in": "query",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "headers": {"X-Left": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    },
                    "4XX": {"$ref": "#/components/responses/Problem"},
                },
            },
            "post": {
                "deprecated": True,
                "security": [],
                "servers": [{"url": "/v2"}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "properties": {"file": {"type": "string", "format": "binary"}},
                            },
                            "encoding": {"file": {"contentType": "image/png", "style": "form"}},
                        }
                    },
                },
                "responses": {"default": {"description": "any", "content": {}}},
            },
        },
        "/any": {
            "put": {
                "responses": {
                    "201": {
                        "description": "",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Any"}}},
                    }
                }
            }
        },
    },
    "components": {
        "schemas": _SCHEMAS,
        "parameters": {
            "Fields": {
                "name": "fields",
                "in": "query",
                "style": "deepObject",
                "explode": True,
                "schema": {"type": "object"},
                "examples": {"one": {"value": "x"}},
            }
        },
        "responses": {
            "Problem": {"description": "no", "content": {"text/plain": {"schema": {"type": "string"}}}}
        },
        "securitySchemes": {
            "token": {"type": "http", "scheme": "Bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        },
    },
}

V31: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things"},
    "paths": {
        "/things/{a}.{b}": {
            "get": {
                "parameters": [
                    {"name": "a", "in": "path", "required": True, "schema": {"type": ["string", "null"]}}
                ],
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "$ref": "#/components/schemas/Thing",
                                    "description": "This one.",
                                    "required": ["x"],
                                }
                            }
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "$defs": {"Inner": {"type": ["integer", "string"], "minimum": 3, "maxLength": 4}},
                "type": "object",
                "properties": {
                    "x": {"const": "x"},
                    "pair": {"type": "array", "prefixItems": [{"type": "number"}, True]},
                    "inner": {"$ref": "#/components/schemas/Thing/$defs/Inner"},
                    "choice": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]},
                },
                "patternProperties": {"^x-": {}},
                "additionalProperties": False,
            },
            "Node": {
                "oneOf": [{"$ref": "#/components/schemas/Leaf"}, {"$ref": "#/components/schemas/Pair"}],
                "discriminator": {"propertyName": "t"},
                "properties": {"t": {"type": "string"}},
            },
            "Leaf": {
                "allOf": [{"$ref": "#/components/schemas/Node"}, {"properties": {"v": {"type": "number"}}}]
            },
            "Pair": {"properties": {"l": {"$ref": "#/components/schemas/Node"}}, "exclusiveMaximum": 3},
        }
    },
}

V20: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Old"},
    "host": "x.org",
    "basePath": "/v1",
    "schemes": ["http", "https"],
    "consumes": ["application/json"],
    "produces": ["application/json", "text/plain"],
    "securityDefinitions": {
        "basic": {"type": "basic"},
        "key": {"type": "apiKey", "in": "query", "name": "k"},
    },
    "security": [{"basic": []}],
    "parameters": {"Limit": {"name": "limit", "in": "query", "type": "integer", "format": "int32"}},
    "paths": {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "type": "string", "required": True}],
            "get": {
                "parameters": [
                    {"$ref": "#/parameters/Limit"},
                    {
                        "name": "tags",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "multi",
                    },
                ],
                "responses": {
                    "200": {"description": "ok", "schema": {"$ref": "#/definitions/Pet"}},
                    "default": {"description": "no", "headers": {"X-Why": {"type": "string"}}},
                },
            },
            "put": {
                "parameters": [
                    {"name": "b", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Cat"}}
                ],
                "responses": {"204": {"description": "ok"}},
            },
            "post": {
                "consumes": ["multipart/form-data"],
                "produces": ["application/octet-stream"],
                "parameters": [
                    {"name": "file", "in": "formData", "type": "file", "required": True},
                    {
                        "name": "names",
                        "in": "formData",
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "pipes",
                    },
                ],
                "responses": {"200": {"description": "ok", "schema": {"type": "file"}}},
            },
        }
    },
    "definitions": {
        "Pet": {
            "type": "object",
            "discriminator": "kind",
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}, "nick": {"type": "string", "x-nullable": True}},
        },
        "Cat": {
            "allOf": [
                {"$ref": "#/definitions/Pet"},
                {"type": "object", "properties": {"n": {"type": "integer"}}},
            ]
        },
    },
}

ALL = (V30, V31, V20)
