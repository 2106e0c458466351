"""Values that keys of several kinds of files may have."""

from notifier.model.types import CUSTOMER_CHANNELS, OWNER_CHANNELS, USUAL_CHANNELS, NoticeClass, TopicType
from notifier.model.vocabulary import VALUES

CHANNELS = tuple(channel.value for channel in CUSTOMER_CHANNELS)
MERGED_CHANNELS = tuple(channel.value for channel in USUAL_CHANNELS)
ALERT_CHANNELS = tuple(channel.value for channel in OWNER_CHANNELS)
CLOSING_COMMANDS = ("settle", "resolve")
CLASSES = tuple(notice_class.value for notice_class in NoticeClass)
TOPIC_TYPES = tuple(topic_type.value for topic_type in TopicType)
ATTRIBUTE_TYPES = ("text", "number", "money", "whole", "bool", "timestamp", "date")
APPROVALS = ("one", "two")
SEVERITIES = ("low", "medium", "high")
CONTACT_CHANNELS = (*VALUES["contact"]["channel"], "web")
