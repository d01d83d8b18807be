// What only the browser can do for the fields: keep a draft over a reload, and put the keyboard where the server says.

const SEEN = "playground_tour=seen; path=/; max-age=31536000; samesite=lax"
const DRAFT = "playground-draft"
const DRAWN_MS = 50 // between two looks whether a widget is there
const MOST_LOOKS = 40

let focused = 0 // how many widgets the server has named so far

export default function ({ data, setTriggerValue }) {
  focus(data.focus)
  if (data.seen) document.cookie = SEEN
  if (data.ask) {
    // The server asks once a session: before that nothing is written, or a reload would lose what it should bring back.
    setTriggerValue("draft", read(DRAFT + data.whose) ?? "")
    return
  }
  if (data.draft) write(DRAFT + data.whose, data.draft)
}

// What had the focus is gone from the page: the keyboard goes on at the widget that the server names, once it is drawn.
function focus(wanted) {
  const [key, count] = wanted ?? ["", 0]
  if (count <= focused) return
  focused = count
  soon(() => {
    const lost = !document.activeElement || document.activeElement === document.body
    const widget = lost && document.querySelector(`.st-key-${key} :is(.answer-start, input, button)`)
    widget?.focus()
    if (widget?.matches("input")) widget.setSelectionRange(0, 0) // else its end is shown, not its beginning
    return Boolean(widget)
  })
}

// Looks again until it succeeds, for some seconds.
function soon(look, left = MOST_LOOKS) {
  if (!look() && left) setTimeout(soon, DRAWN_MS, look, left - 1)
}

// What somebody typed who has signed out since is not for who comes after.
function read(place) {
  try {
    for (const other of Object.keys(sessionStorage)) {
      if (other.startsWith(DRAFT) && other !== place) sessionStorage.removeItem(other)
    }
    return sessionStorage.getItem(place)
  } catch {
    return null // a browser that keeps nothing for this site
  }
}

function write(place, draft) {
  try {
    sessionStorage.setItem(place, draft)
  } catch {
    // as above, or the draft is longer than what it keeps
  }
}
