# What pip says of a locked list, as few lines: how many of the packages are found and how much of them is loaded.
# On a terminal one line that changes (tty=1), elsewhere one line a quarter of the way. `of` is how many packages the list has.
function say(words) {
  if (tty) printf "\r  %-70s", words; else print "  " words
  fflush()
}
function so_far() { return n " of " of " packages" (mb >= 0.05 ? sprintf(", %.0f MB", mb) : "") }
/^Ignoring / { of-- }
/^  Downloading .*\([0-9.]+ [kM]B\)/ { mb += $(NF - 1) * 1 == 0 ? substr($(NF - 1), 2) / ($NF ~ /^k/ ? 1000 : 1) : 0 }
/^(Collecting|Processing|Requirement already satisfied)/ && /\(from -r / {
  n++
  quarter = int(4 * n / of)
  if (tty || quarter > told) say(so_far())
  told = quarter
}
/^Installing collected packages/ { say("installing them …") }
END { if (tty) printf "\r%-72s\r", "" }
