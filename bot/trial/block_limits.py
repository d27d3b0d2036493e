"""Owns Slack's limits on messages, views and blocks: one figure a line, with where it is said.

Sources: D pages of docs.slack.dev; S Slack's own design principles for agents; T @slack/types; P models of slack_sdk;
K methods as listed by docs.slack.dev; I measured against Slack by people who reported it. Lengths are in characters.
"""

MESSAGE_BLOCKS = 50  # S
MESSAGE_TEXT = 40_000  # D chat.postMessage
MESSAGE_ATTACHMENTS = 100  # D
MESSAGE_ALL_TEXT = 13_200  # I bolt-js#2509, #2867: undocumented ceiling over all blocks of a message
MESSAGE_TABLES = 1  # S
MESSAGE_CHARTS = 2  # S

VIEW_BLOCKS = 100  # S, T
VIEW_BYTES = 250_000  # K views.publish
VIEW_LABEL = 24  # D title, submit and close
PRIVATE_METADATA = 3_000  # D
VIEW_ID = 255  # D, T callback_id and external_id

ID = 255  # P, T action_id and block_id
URL = 3_000  # T, P
ALT_TEXT = 2_000  # T

HEADER = 150  # T
SECTION_TEXT = 3_000  # T, P
SECTION_FIELDS = 10  # T
SECTION_FIELD = 2_000  # T
CONTEXT_ELEMENTS = 10  # T
CONTEXT_TEXT = 3_000  # D text object
ACTIONS_ELEMENTS = 25  # T
CONTEXT_ACTIONS_ELEMENTS = 5  # S, P
MARKDOWN = 12_000  # D, S: of all markdown blocks of a message together
IMAGE_TITLE = 2_000  # P
INPUT_LABEL = 2_000  # P
INPUT_HINT = 2_000  # P
VIDEO_TITLE = 200  # P
VIDEO_DESCRIPTION = 200  # D
VIDEO_NAME = 50  # P
ALERT = 200  # S
CARD_TITLE = 150  # S, P
CARD_BODY = 200  # S, P
CARD_ACTIONS = 3  # S
CAROUSEL_CARDS = 10  # S
CONTAINER_TITLE = 150  # P
CONTAINER_BLOCKS = 10  # S
PLAN_TASKS = 50  # S

TABLE_ROWS = 100  # S
TABLE_COLUMNS = 20  # S
TABLE_CHARACTERS = 10_000  # S
DATA_TABLE_ROWS = 201  # S, D: 200 and the header; an older page says 101
DATA_TABLE_CHARACTERS = 20_000  # S
DATA_TABLE_PAGE = 100  # S, D
CHART_TITLE = 50  # S
CHART_SERIES = 12  # S: series or slices; an older page says 6
CHART_POINTS = 20  # S
CHART_LABEL = 20  # S

BUTTON_TEXT = 75  # T; accessibility_label too
BUTTON_VALUE = 2_000  # T
BUTTON_PROMPT = 4_000  # P
BUTTON_VIEWERS = 10  # P
OPTION_TEXT = 75  # T, P; description and the label of a group too
OPTION_VALUE = 150  # T, P
SELECT_OPTIONS = 100  # T; groups of options too
BOX_OPTIONS = 10  # T: radio buttons and checkboxes
OVERFLOW_OPTIONS = 5  # P
PLACEHOLDER = 150  # P
INPUT_LENGTH = 3_000  # D
CONFIRM_TITLE = 100  # T
CONFIRM_TEXT = 300  # T
CONFIRM_BUTTON = 30  # T
LIST_INDENT = 8  # D
