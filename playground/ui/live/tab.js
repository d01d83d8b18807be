// What only the browser can do for the fields: keep a draft over a reload, and take what is typed before a key closes it.

const DRAFT = "playground-draft"
const MENUS = '[data-testid="stPopoverBody"], [role="dialog"]'

let guarded = false

export default function ({ data, setTriggerValue }) {
  guard()
  if (data.ask) {
    // The server asks once a session: before that nothing is written, or a reload would lose what it should bring back.
    setTriggerValue("draft", read() ?? "")
    return
  }
  if (data.draft) write(data.draft)
}

function read() {
  try {
    return sessionStorage.getItem(DRAFT)
  } catch {
    return null // a browser that keeps nothing for this site
  }
}

function write(draft) {
  try {
    sessionStorage.setItem(DRAFT, draft)
  } catch {
    // as above, or the draft is longer than what it keeps
  }
}

// Streamlit takes what is typed when the field is left. Escape closes a menu and Ctrl+Enter sends before that.
function guard() {
  if (guarded) return
  guarded = true
  document.addEventListener("keydown", leaveField, true)
}

function leaveField(event) {
  const field = document.activeElement
  if (!event.isTrusted || !field?.matches("textarea, input")) return
  if (event.key === "Escape" && field.closest(MENUS)) {
    event.preventDefault()
    event.stopImmediatePropagation()
    const menu = field.closest(MENUS)
    field.blur()
    const again = new KeyboardEvent("keydown", { key: "Escape", code: "Escape", bubbles: true })
    setTimeout(() => (menu.isConnected ? menu : document.body).dispatchEvent(again), 0)
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    field.blur()
    field.focus()
  }
}
