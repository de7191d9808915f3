# Generated from integrations.yaml, entry "dynamodb"; see dynamodb_adapter.py for how to change it.
"""DynamoDB, as a typed adapter.

    from integrations.dynamodb import DynamoDBAdapter

    with DynamoDBAdapter.from_config() as dynamodb:
        for item in dynamodb.scan_jobs():
            print(item)

Set-up, errors and limits are in DYNAMODB_INTEGRATION.md.
"""

from __future__ import annotations

from .dynamodb_custom import DynamoDBAdapter
from .dynamodb_models import Job, JobByName, JobPayload, JobStatus, Session

__all__ = ["DynamoDBAdapter", "Job", "JobByName", "JobPayload", "JobStatus", "Session"]
