"""The sample of the file search panel: what a shop tells its customers of returns, and what it tells its staff."""

from __future__ import annotations

from playground.lab.filing import Filing, attributes

QUESTION = "How long can I return a jacket that I bought online, and who pays for sending it back?"
CUSTOMERS = """Returns

Goods that were bought online can be returned within 30 days of delivery. Goods that were bought in a shop can be returned within 14 days with the receipt.

Who pays for sending goods back

For a return from within the country we pay for sending it back: print the label in your account. From abroad the customer pays, unless the goods were faulty.

Jackets and shoes

A jacket or a pair of shoes can be returned only with its tags and in its box. A jacket that was worn outside is not taken back.

Gift cards

Gift cards can't be returned. They are valid for three years from the day on which they were bought.

Opening hours of the shops

The shops are open Monday to Saturday from 9 to 19 o'clock, and on the first Sunday of each month from 12 to 17 o'clock.
"""
STAFF = """For staff only

Whatever staff bought with the staff discount can be brought back within 60 days, also after it was worn.

Deciding in a customer's favour

A manager may allow up to 90 days where a customer is a member. Note the reason in the till.
"""
NAME = "returns-policy.txt"
SAMPLES: tuple[tuple[str, bytes], ...] = (
    (NAME, CUSTOMERS.encode()),
    ("returns-staff.txt", STAFF.encode()),
)
METADATA = "returns-policy.txt: audience = customers, year = 2026\nreturns-staff.txt: audience = staff, year = 2025"
FILING = Filing(attributes=attributes(METADATA))
ONLY = "audience = customers"
