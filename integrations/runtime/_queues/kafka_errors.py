"""What each error code of Kafka means, by the name that librdkafka gives it.

Codes that begin with "_" are the client's own; the others come from the broker. A code that is not listed
(a newer library) is an error of the service that carries its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._errors import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    IntegrationError,
    InvalidArgumentError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeoutError,
    ServiceError,
    TransactionConflictError,
    UnavailableError,
    UnexpectedResponseError,
)

# The last two lines of the first: this consumer is no member of its group any more, and has to join again.
# The last line of UnavailableError: the broker has forgotten what this producer sent; a new one may go on.
_NAMES: Final[Mapping[type[IntegrationError], str]] = {
    ConnectionFailedError: """
        _TRANSPORT _RESOLVE _ALL_BROKERS_DOWN _DESTROY _DESTROY_BROKER _NODE_UPDATE _WAIT_COORD _INTR _SSL
        _PURGE_QUEUE _PURGE_INFLIGHT _WAIT_CACHE _UNKNOWN_BROKER NETWORK_EXCEPTION REBOOTSTRAP_REQUIRED
        _MAX_POLL_EXCEEDED _ASSIGNMENT_LOST _OUTDATED ILLEGAL_GENERATION UNKNOWN_MEMBER_ID
        REBALANCE_IN_PROGRESS MEMBER_ID_REQUIRED FENCED_MEMBER_EPOCH STALE_MEMBER_EPOCH""",
    RequestTimeoutError: "_TIMED_OUT _MSG_TIMED_OUT _TIMED_OUT_QUEUE REQUEST_TIMED_OUT",
    UnavailableError: """
        _FAIL _CRIT_SYS_RESOURCE _QUEUE_FULL _ISR_INSUFF _FS _IN_PROGRESS _PREV_IN_PROGRESS _RETRY _PARTIAL
        _NOOP NO_ERROR UNKNOWN LEADER_NOT_AVAILABLE NOT_LEADER_FOR_PARTITION BROKER_NOT_AVAILABLE
        REPLICA_NOT_AVAILABLE STALE_CTRL_EPOCH COORDINATOR_LOAD_IN_PROGRESS COORDINATOR_NOT_AVAILABLE
        NOT_COORDINATOR NOT_ENOUGH_REPLICAS NOT_ENOUGH_REPLICAS_AFTER_APPEND NOT_CONTROLLER
        OPERATION_NOT_ATTEMPTED KAFKA_STORAGE_ERROR LOG_DIR_NOT_FOUND FETCH_SESSION_ID_NOT_FOUND
        INVALID_FETCH_SESSION_EPOCH FENCED_LEADER_EPOCH UNKNOWN_LEADER_EPOCH STALE_BROKER_EPOCH
        OFFSET_NOT_AVAILABLE PREFERRED_LEADER_NOT_AVAILABLE GROUP_MAX_SIZE_REACHED
        ELIGIBLE_LEADERS_NOT_AVAILABLE UNSTABLE_OFFSET_COMMIT UNKNOWN_CONTROLLER_ID
        SHARE_SESSION_LIMIT_REACHED UNKNOWN_PRODUCER_ID INVALID_PRODUCER_ID_MAPPING
        OUT_OF_ORDER_SEQUENCE_NUMBER DUPLICATE_SEQUENCE_NUMBER _FATAL _GAPLESS_GUARANTEE _INCONSISTENT""",
    RateLimitedError: "THROTTLING_QUOTA_EXCEEDED",
    AuthenticationError: """
        _AUTHENTICATION SASL_AUTHENTICATION_FAILED DELEGATION_TOKEN_NOT_FOUND DELEGATION_TOKEN_EXPIRED
        UNACCEPTABLE_CREDENTIAL PRINCIPAL_DESERIALIZATION_FAILURE""",
    PermissionDeniedError: """
        TOPIC_AUTHORIZATION_FAILED GROUP_AUTHORIZATION_FAILED CLUSTER_AUTHORIZATION_FAILED
        TRANSACTIONAL_ID_AUTHORIZATION_FAILED DELEGATION_TOKEN_AUTHORIZATION_FAILED SECURITY_DISABLED
        DELEGATION_TOKEN_AUTH_DISABLED DELEGATION_TOKEN_OWNER_MISMATCH DELEGATION_TOKEN_REQUEST_NOT_ALLOWED
        INVALID_PRINCIPAL_TYPE TOPIC_DELETION_DISABLED""",
    NotFoundError: """
        UNKNOWN_TOPIC_OR_PART _UNKNOWN_TOPIC _UNKNOWN_PARTITION _UNKNOWN_GROUP _NOENT UNKNOWN_TOPIC_ID
        GROUP_ID_NOT_FOUND RESOURCE_NOT_FOUND LISTENER_NOT_FOUND NO_REASSIGNMENT_IN_PROGRESS VOTER_NOT_FOUND
        UNKNOWN_SUBSCRIPTION_ID SHARE_SESSION_NOT_FOUND OFFSET_OUT_OF_RANGE _AUTO_OFFSET_RESET _NO_OFFSET
        _LOG_TRUNCATION""",
    TransactionConflictError: "CONCURRENT_TRANSACTIONS TRANSACTION_ABORTABLE",
    ConflictError: """
        TOPIC_ALREADY_EXISTS NON_EMPTY_GROUP DUPLICATE_RESOURCE DUPLICATE_VOTER _CONFLICT
        _EXISTING_SUBSCRIPTION REASSIGNMENT_IN_PROGRESS GROUP_SUBSCRIBED_TO_TOPIC ELECTION_NOT_NEEDED
        PRODUCER_FENCED _FENCED INVALID_PRODUCER_EPOCH TRANSACTION_COORDINATOR_FENCED FENCED_INSTANCE_ID
        UNRELEASED_INSTANCE_ID INVALID_TXN_STATE INCONSISTENT_TOPIC_ID FENCED_STATE_EPOCH
        INVALID_SHARE_SESSION_EPOCH INVALID_RECORD_STATE INCONSISTENT_VOTER_SET INVALID_UPDATE_VERSION
        STREAMS_INVALID_TOPOLOGY_EPOCH STREAMS_TOPOLOGY_FENCED""",
    ConfigurationError: """
        _UNKNOWN_PROTOCOL _NOT_CONFIGURED _NOT_IMPLEMENTED _UNSUPPORTED_FEATURE _READ_ONLY
        INCONSISTENT_GROUP_PROTOCOL INVALID_GROUP_ID INVALID_SESSION_TIMEOUT INVALID_REQUIRED_ACKS
        INVALID_TRANSACTION_TIMEOUT UNSUPPORTED_SASL_MECHANISM ILLEGAL_SASL_STATE UNSUPPORTED_VERSION
        INVALID_PARTITIONS INVALID_REPLICATION_FACTOR INVALID_REPLICA_ASSIGNMENT INVALID_CONFIG
        UNSUPPORTED_FOR_MESSAGE_FORMAT UNSUPPORTED_COMPRESSION_TYPE UNSUPPORTED_ASSIGNOR
        MISMATCHED_ENDPOINT_TYPE UNSUPPORTED_ENDPOINT_TYPE FEATURE_UPDATE_FAILED STREAMS_INVALID_TOPOLOGY
        INVALID_REGULAR_EXPRESSION""",
    InvalidArgumentError: """
        _INVALID_ARG _INVALID_TYPE _STATE _KEY_SERIALIZATION _VALUE_SERIALIZATION _APPLICATION
        _INVALID_DIFFERENT_RECORD _ASSIGN_PARTITIONS _REVOKE_PARTITIONS""",
    UnexpectedResponseError: """
        _BAD_MSG _BAD_COMPRESSION _UNDERFLOW _KEY_DESERIALIZATION _VALUE_DESERIALIZATION INVALID_MSG
        _PARTITION_EOF""",
    InvalidRequestError: """
        MSG_SIZE_TOO_LARGE INVALID_MSG_SIZE RECORD_LIST_TOO_LARGE OFFSET_METADATA_TOO_LARGE TOPIC_EXCEPTION
        INVALID_COMMIT_OFFSET_SIZE INVALID_TIMESTAMP INVALID_REQUEST POLICY_VIOLATION INVALID_RECORD
        TELEMETRY_TOO_LARGE INVALID_REGISTRATION INVALID_VOTER_KEY""",
}
KINDS: Final[Mapping[str, type[IntegrationError]]] = {
    name: kind for kind, names in _NAMES.items() for name in names.split()
}
# Nothing was sent, or the broker took nothing of it.
UNDONE: Final = frozenset({"_QUEUE_FULL", "_TIMED_OUT_QUEUE", "LEADER_NOT_AVAILABLE", "NOT_ENOUGH_REPLICAS"})


def failure(name: str, text: str) -> IntegrationError:
    """Return the error of the tree for a code's *name*; *text* is what the library says of it."""
    kind = KINDS.get(name, ServiceError)
    undone = True if name in UNDONE else None
    if issubclass(kind, ServiceError):
        return kind(text, code=name, undone=undone)
    retryable = False if name == "_SSL" else None  # trying again will not make a certificate trusted
    return kind(f"{name}: {text}", undone=undone, retryable=retryable)


def translate(error: Exception) -> IntegrationError | None:
    """Return the error of the tree that one of confluent-kafka's is; None: it is none of them."""
    if isinstance(error, IntegrationError):
        return error
    code = _code(error)
    if code is not None:
        return failure(code.name(), code.str())
    if type(error).__module__.partition(".")[0] not in ("cimpl", "confluent_kafka"):
        return None
    if isinstance(error, ValueError | TypeError):
        return InvalidArgumentError(f"{type(error).__name__}: {error}")
    return ServiceError(f"{type(error).__name__}: {error}")


def _code(error: Exception) -> Any:
    """Return the KafkaError that an exception is or carries."""
    found = error.args[0] if error.args and type(error).__name__ != "KafkaError" else error
    return found if type(found).__name__ == "KafkaError" else None
