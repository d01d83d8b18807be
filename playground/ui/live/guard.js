// What only the browser can do on every page: take what is typed before a key closes its menu, copy, and enter menus.

const MENU_BUTTON = 'button[aria-haspopup="menu"]'
const MENU_ITEM = '[data-testid="stMenuButtonBody"] [role="menuitem"]'
const MENUS = '[data-testid="stPopoverBody"], [role="dialog"]'
const POPOVER_BUTTON = '[data-testid="stPopoverButton"]'
const POPOVER = '[data-testid="stPopoverBody"]'
const CHOICE = '[class*="st-key-choice_"] button'
const PAGE_LINK = '[data-testid="stTopNavLink"], [data-testid="stSidebarNavLink"], [data-testid="stPageLink-NavLink"]'
const FOCUSABLE = "input, textarea, button:not([aria-label^='Help']), summary, a[href]"
const PRINT = ".st-key-print button"
const COPY_BUTTON = '[class*="st-key-copy_"] button'
const LANE = '[class*="st-key-fresh_"], [class*="st-key-stale_"]'
const RUN = ".st-key-run button"
const PROMPT = ".st-key-ask textarea"
const LANES = ".st-key-side_by_side :has(> [data-testid='stGridCell'])"
const ANSWER = '[class*="st-key-answer_"]'
const TOGETHER = '.st-key-together input:checked, .st-key-together [aria-checked="true"]'
const LANE_ROWS = ".lane-tabs tbody tr"
const COPIED_MS = 1500
const APP = '[data-testid="stApp"]'
const RUNNING = "data-test-script-state"
const FIELD = "textarea, input:not([role='combobox'])"
const SENT_MS = 150 // in which what was typed is on its way for sure
const MOST_MS = 3000 // that a link waits for the server to begin with what was typed
const LOOK_MS = 20
const DRAWN_MS = 50 // between two looks whether a widget is there
const MOST_LOOKS = 40
const SHEET_MS = 500 // in which charts have drawn themselves at a sheet's width
const LIGHT_INK = 384 // of 765: half way to white
const root = document.documentElement

// Streamlit takes what is typed when the field is left. Escape closes a menu and Ctrl+Enter sends before that.
export default function () {
  if (document.documentElement.dataset.guarded) return
  document.documentElement.dataset.guarded = "yes"
  // On the window, which comes before every listener of Streamlit's: this script may come after the menus it guards.
  window.addEventListener("keydown", leavePopover, true)
  window.addEventListener("keydown", leaveField, true)
  window.addEventListener("click", copyAnswer, true)
  window.addEventListener("click", goLast, true)
  for (const kind of ["input", "focusout"]) window.addEventListener(kind, noteField, true)
  new MutationObserver(noteRun).observe(document.querySelector(APP), { attributeFilter: [RUNNING] })
  document.addEventListener("click", ({ target }) => target.closest?.(PRINT) && printSheets())
  window.addEventListener("beforeprint", markDark)
  window.addEventListener("afterprint", () => ["data-dark", "data-sheet"].forEach((mark) => root.removeAttribute(mark)))
  document.addEventListener("click", enterMenu)
  document.addEventListener("click", enterPopover)
  for (const kind of ["click", "keydown", "keyup"]) document.addEventListener(kind, closeChoice, true)
  document.addEventListener("click", foldPrompt, true)
  document.addEventListener("keydown", foldPrompt, true)
  for (const kind of ["focusin", "pointerdown", "input"]) document.addEventListener(kind, openPrompt, true)
  document.addEventListener("click", toLane)
  document.addEventListener("scroll", ({ target }) => target.matches?.(LANES) && markLane(), true)
  document.addEventListener("scroll", scrollTogether, true)
  document.addEventListener("animationstart", ({ animationName }) => animationName === "lane-tabs" && markLane())
  markLane()
}

// Sent, the prompt is one line, which the click itself does: nothing moves later. Whoever goes there has all of it again.
function foldPrompt(event) {
  const sends = event.key ? event.key === "Enter" && (event.ctrlKey || event.metaKey) : event.target.closest?.(RUN)
  if (!sends || !document.querySelector(RUN) || !document.querySelector(PROMPT)?.value.trim()) return
  document.documentElement.dataset.asked = "yes"
  delete document.documentElement.dataset.editing
}

// A chart is drawn at the screen's width and printed smaller: from the button it has the time to be drawn at the sheet's.
function printSheets() {
  root.setAttribute("data-sheet", "")
  setTimeout(print, SHEET_MS)
}

// Paper is white whatever the theme is; by then the page may have its print's look, of which the letters' colour is no part.
function markDark() {
  root.removeAttribute("data-dark")
  const [red, green, blue] = getComputedStyle(document.body).color.match(/\d+/g).map(Number)
  root.toggleAttribute("data-dark", red + green + blue > LIGHT_INK)
}

function openPrompt({ target }) {
  if (target.matches?.(PROMPT)) document.documentElement.dataset.editing = "yes"
}

// On a phone one lane is seen at a time: its row leads to it, and the row of what is seen is marked however one came there.
function toLane(event) {
  const row = event.target.closest?.(LANE_ROWS), lanes = row && document.querySelector(LANES)
  lanes?.scrollTo({ left: row.sectionRowIndex * lanes.clientWidth })
}

// Where it is wished, the answers are at the same share of their height; what was scrolled from here scrolls nobody.
const moved = new WeakMap()

function scrollTogether({ target }) {
  if (!target.matches?.(ANSWER) || !document.querySelector(TOGETHER)) return
  if (moved.get(target) === Math.round(target.scrollTop)) return
  const share = target.scrollTop / (target.scrollHeight - target.clientHeight)
  for (const other of document.querySelectorAll(ANSWER)) {
    if (other === target) continue
    other.scrollTop = share * (other.scrollHeight - other.clientHeight)
    moved.set(other, Math.round(other.scrollTop))
  }
}

function markLane() {
  const lanes = document.querySelector(LANES)
  const seen = lanes && Math.round(lanes.scrollLeft / lanes.clientWidth)
  document.querySelectorAll(LANE_ROWS).forEach((row, index) => {
    row.querySelector("button")?.setAttribute("aria-current", String(index === seen))
  })
}

// The answer as the model wrote it, which the page has rendered; the server has nothing to do with it.
function copyAnswer(event) {
  const button = event.target.closest?.(COPY_BUTTON)
  const text = button?.closest(LANE)?.querySelector("[data-text]")?.dataset.text
  if (text === undefined) return
  event.preventDefault()
  event.stopImmediatePropagation()
  const done = () => {
    button.dataset.copied = "yes"
    setTimeout(() => delete button.dataset.copied, COPIED_MS)
  }
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => {})
  else if (copyByHand(text)) done()
}

// Where the page is not on a secure address there is no clipboard to write to.
function copyByHand(text) {
  const box = document.body.appendChild(document.createElement("textarea"))
  box.value = text
  box.select()
  const done = document.execCommand("copy")
  box.remove()
  return done
}

// Streamlit 1.67 marks a menu's first item when a key opens it, but leaves the focus on the button: no arrow moves it.
function enterMenu(event) {
  const button = event.detail === 0 && event.target.closest?.(MENU_BUTTON)
  if (!button) return
  soon(() => {
    if (document.activeElement !== button) return true
    const item = document.querySelector(MENU_ITEM)
    item?.focus()
    return document.activeElement === item
  })
}

// A menu of fields stands at the end of the document: opened by a key it is entered, closed by one it gives the focus back.
function enterPopover(event) {
  const button = event.detail === 0 && event.target.closest?.(POPOVER_BUTTON)
  if (!button) return
  let here = button
  soon(() => { // its fields are drawn once it is open, and others may come before them: until someone goes elsewhere
    const now = document.activeElement
    if (now !== here && now !== document.body) return true
    const first = document.querySelector(`${POPOVER} :is(${FOCUSABLE})`)
    if (first && first !== now) first.focus()
    if (first) here = first
    return false
  })
}

// A menu of which one thing is chosen is over with the choice: a click, or a key that goes down and up on it.
let held = null

function closeChoice({ type, target }) {
  const one = target.closest?.(CHOICE)
  if (type === "keydown") held = one
  else if (one && (type === "click" || one === held))
    setTimeout(() => document.querySelector(`${POPOVER_BUTTON}[aria-expanded="true"]`)?.click(), 0)
}

function leavePopover(event) {
  if (!["Escape", "Enter", " "].includes(event.key) || !document.activeElement?.closest(POPOVER)) return
  const button = document.querySelector(`${POPOVER_BUTTON}[aria-expanded="true"]`)
  soon(() => {
    if (document.querySelector(POPOVER)) return false
    if (document.activeElement === document.body) button?.focus()
    return true
  })
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

// What is typed is told to the server a moment after its field is left. On a busy computer a link's click comes before that, or
// right behind it: the server joins what comes together, and the new page knows nothing of the field. The click waits until
// the server has begun with what was typed.
let going = null
const last = { input: -Infinity, focusout: -Infinity, run: -Infinity }

function noteField(event) {
  if (event.composedPath()[0].matches?.(FIELD)) last[event.type] = performance.now() // also one inside of a component
}

function noteRun(changes) { // more than one: a run has begun and ended before this was told
  if (changes.length > 1 || changes[0].target.getAttribute(RUNNING) === "running") last.run = performance.now()
}

function unsent() {
  const typed = last.input > Math.min(last.run, last.focusout)
  return performance.now() - last.focusout < (typed ? MOST_MS : SENT_MS)
}

function goLast(event) {
  const link = event.target.closest?.(PAGE_LINK)
  if (!link || link === going || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  event.stopImmediatePropagation()
  const go = () => {
    if (unsent()) return setTimeout(go, LOOK_MS)
    going = link
    link.click()
    going = null
  }
  setTimeout(go, 0)
}

// Looks again until it succeeds, for some seconds.
function soon(look, left = MOST_LOOKS) {
  if (!look() && left) setTimeout(soon, DRAWN_MS, look, left - 1)
}
