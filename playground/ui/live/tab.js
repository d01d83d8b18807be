// What only the browser can do for the fields: keep a draft over a reload, and take what is typed before a key closes it.

const DRAFT = "playground-draft"
const MENU_BUTTON = 'button[aria-haspopup="menu"]'
const MENU_ITEM = '[data-testid="stMenuButtonBody"] [role="menuitem"]'
const MENUS = '[data-testid="stPopoverBody"], [role="dialog"]'
const MENU_OPENS_MS = 60

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
  document.addEventListener("click", enterMenu)
}

// Streamlit 1.67 marks a menu's first item when a key opens it, but leaves the focus on the button: no arrow moves it.
function enterMenu(event) {
  const button = event.detail === 0 && event.target.closest?.(MENU_BUTTON)
  if (!button) return
  setTimeout(() => {
    if (document.activeElement === button) document.querySelector(MENU_ITEM)?.focus()
  }, MENU_OPENS_MS)
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
