"""Every bound on size, count and time, in one place. Sizes are bytes unless a name says otherwise."""

from datetime import timedelta

MEGABYTE = 1024 * 1024

MAIL = 40 * MEGABYTE
"""The largest mail taken whole; a larger one becomes a stub ticket with its headers and first text."""
UPLOAD = 25 * MEGABYTE
"""All attachments of one outgoing answer together."""
FORM = 26 * MEGABYTE
FILES = 50
PICTURE_BYTES = 8 * MEGABYTE
"""All pictures of one letter together: on our screens they travel inside its document."""
PICTURES_IN_TEXT = 20
INLINE_BODY = 64 * 1024
"""A journal entry up to this size lives in its row, a larger one in a file."""

SUBJECT_CHARACTERS = 500
REPLY_CHARACTERS = 100_000
NAME_CHARACTERS = 200
LAST_WORDS_CHARACTERS = 160
SERVER_WORDS_CHARACTERS = 500
"""So much is kept of what another server said of a failure."""
FORM_KEY_CHARACTERS = 64
SIGNATURE_CHARACTERS = 500
SIGNATURE_LINES = 6
"""So many that whoever trims replies still knows it for a signature."""

DRAIN_BATCH = 200
"""So many entries are written in one transaction."""
DRAIN_AHEAD = 2 * DRAIN_BATCH
"""So many are claimed at once: while one batch is being written, the next is being read."""
DRAIN_AHEAD_BYTES = 64 * MEGABYTE
CLAIM = timedelta(seconds=60)
PARSE = timedelta(seconds=20)
LONE_FAILURES = 5
"""So often may an entry fail alone before it goes to the quarantine."""
SOURCE_TIME_PAST = timedelta(days=30)
BELL_AGE = timedelta(seconds=5)
"""An open entry older than this without a live claim is rung for again."""

AUTOMATIC_TEXT_CHARACTERS = 4000
AUTOMATIC_PER_ADDRESS = 4
AUTOMATIC_PER_ADDRESS_IN = timedelta(days=1)
AUTOMATIC_PER_ACCOUNT = 600
AUTOMATIC_PER_ACCOUNT_IN = timedelta(hours=1)
"""More is a loop, not citizens: the account stops answering by itself until an administrator looks."""
RATING_LINK = timedelta(days=30)
RATING_AGAIN = timedelta(days=30)
"""So long after being asked how it went is nobody asked again."""
RATING_COMMENT_CHARACTERS = 1000
RATING_CHANGES = 20
"""So often may a rating be changed; more is a machine, not a change of mind."""
RATING_HOURS = 168
PUBLIC_TRIES = 60
PUBLIC_TRIES_WINDOW = timedelta(minutes=10)
"""Sent forms and wrong links from one address; whole mobile networks may stand behind one."""
COPIES = 50
"""So many followers get a copy of an answer."""
TYPED_COPIES = 20
"""So many people can an agent copy an answer to by name."""
COPIES_CHARACTERS = 6_000
QUOTED_CHARACTERS = 20_000

LIST_PAGE = 50
THREAD_MESSAGES = 100
MERGED_TOGETHER = 50
"""So many tickets can stand in one conversation."""
COUNT_CAP = 1000
"""Counts stop here and are shown as ``999+``."""

RING = timedelta(seconds=2)
RING_WAITING = 1000
WRITE_TRANSACTION = timedelta(seconds=5)
LIVE_PAYLOAD = 7900

PASSWORD_LEAST = 10
PASSWORD_CHARACTERS = 256
ADDRESS_CHARACTERS = 254
SMALL_FORM = 64 * 1024
"""What someone who has not signed in may send."""
SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=7)
SESSION_SEEN_EVERY = timedelta(minutes=1)
TRIES_WINDOW = timedelta(minutes=15)
TRIES_PER_EMAIL = 10
TRIES_PER_ADDRESS = 50
"""More than for one e-mail address: a whole office may share one address on the network."""
SET_UP_LINK = timedelta(hours=24)

AWAY_AFTER = timedelta(minutes=1)
OFFLINE_AFTER = timedelta(minutes=10)
STREAM = timedelta(minutes=10)
STREAM_KEEP_ALIVE = timedelta(seconds=20)
STREAM_WAITING = 200
"""So many changed tickets may wait for one slow stream; beyond that it is told to look at everything again."""
SILENT_PROCESS = timedelta(seconds=30)

TOKEN_LONGEST_DAYS = 366
TOKENS_OF_ONE = 20
"""So many tokens of the API may act as one person at a time."""
TOKEN_CHARACTERS = 200
API_REQUESTS = 300
"""So many a minute may one token send to one web process; so many at once, if it was quiet before."""
API_BODY = 512 * 1024
API_PAGE = 100
API_MESSAGES = 50
API_TEXT_CHARACTERS = 50_000
"""So much of one message is told to programs, however much a mail holds."""
API_READING = timedelta(hours=1)
"""Within it, a program that reads a conversation again and again is written down once."""
IDEMPOTENCY_CHARACTERS = 64
