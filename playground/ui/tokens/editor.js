// A text box whose tokens are drawn below it. The server counts; the box itself is never redrawn, so the cursor stays.

const QUICK_MS = 120
const SLOW_MS = 600
const LARGE = 100_000 // characters from which typing waits longer before it is counted
const MOST = 20_000 // tokens that are drawn
const LONGEST = 5_000_000
const PARTS = 12 // tokens that may share one character
const number = new Intl.NumberFormat("en-US")
const encoder = new TextEncoder()
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const rulers = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  let ruler = rulers.get(parentElement)
  if (!ruler) {
    ruler = new Ruler(parentElement.querySelector(".ruler"))
    rulers.set(parentElement, ruler)
  }
  ruler.tell = setTriggerValue
  ruler.update(data)
  return () => {
    ruler.rest()
    rulers.delete(parentElement)
  }
}

class Ruler {
  constructor(root) {
    this.root = root
    this.box = root.querySelector("textarea")
    this.field = root.querySelector(".tokens")
    this.counts = root.querySelector(".counts")
    this.detail = root.querySelector(".detail")
    this.cut = root.querySelector(".cut")
    this.view = "text"
    const hint = matchMedia("(hover: none)").matches ? "Tap a token" : "Point at a token, or go to it with the arrow keys,"
    this.detail.textContent = `${hint} to see its id and bytes.`
    this.box.oninput = () => this.typed()
    this.box.onblur = () => this.left()
    this.field.onmouseover = event => this.point(event.target)
    this.field.onclick = event => this.point(event.target)
    this.field.onkeydown = event => this.key(event)
    for (const button of root.querySelectorAll(".views button")) {
      button.onclick = () => this.show(button.dataset.view)
    }
    this.mark()
  }

  // What the server says. A text that it has set (at first, and by an example) comes along until the box has said that it
  // has it: a slow browser sees only the last of several answers.
  update(data) {
    if (this.known !== undefined && data.box !== this.known) return this.introduce(data)
    this.known = data.box
    if (data.version !== this.version && data.text !== null) {
      this.rest()
      this.version = data.version
      this.box.value = data.text
      this.sent = { n: data.n, text: data.text }
    }
    if (this.version === undefined) return this.tell("typed", { n: data.n, version: null, text: "" })
    const key = [data.n, data.encoding, data.special].join()
    if (data.n !== this.sent.n || key === this.drawn) return
    if (data.patch && !this.follows(data)) {
      this.data = undefined
      return this.send()
    }
    this.data = { ...data, ...(data.patch ? patched(this.data, data) : {}) }
    this.drawn = key
    this.draw()
  }

  // Whether what has changed has changed since what is drawn here.
  follows({ patch, encoding }) {
    const drawn = this.data
    return drawn && drawn.n === patch.of && drawn.encoding === encoding && !drawn.special
  }

  // A server that has started anew knows nothing of this box: it is told, and what was typed stays.
  introduce(data) {
    this.known = data.box
    this.version = data.version
    this.data = undefined
    this.sent = { n: data.n, text: this.box.value }
    this.send()
  }

  rest() {
    clearTimeout(this.waiting)
    this.waiting = undefined
  }

  typed() {
    this.rest()
    this.counts.classList.add("busy")
    const wait = this.box.value.length > LARGE ? SLOW_MS : QUICK_MS
    this.waiting = setTimeout(() => this.send(), wait)
  }

  // Another page or a tab is clicked: what was typed until then goes along.
  left() {
    if (this.waiting !== undefined) this.send()
  }

  send() {
    this.rest()
    const text = this.box.value.slice(0, LONGEST).toWellFormed()
    this.sent = { n: this.sent.n + 1, text }
    const drawn = this.data && !this.data.special ? { n: this.data.n, encoding: this.data.encoding } : null
    this.tell("typed", { n: this.sent.n, version: this.version, text, drawn })
  }

  draw() {
    const started = performance.now()
    this.counts.classList.remove("busy")
    this.counts.replaceChildren(...this.data.counts.map(([value, label]) => count(value, label)))
    this.tokens = [...tokens(encoder.encode(this.sent.text), this.data)]
    this.paint()
    const { drawn, total } = { drawn: this.tokens.length, total: this.data.total }
    const notes = []
    if (drawn < total) notes.push(`Drawn: the first ${number.format(drawn)} of ${number.format(total)} tokens. All are counted.`)
    if (this.box.value.length > LONGEST) notes.push(`Only the first ${number.format(LONGEST)} characters are counted.`)
    this.cut.textContent = notes.join(" ")
    this.cut.hidden = notes.length === 0
    this.root.dataset.drawMs = (performance.now() - started).toFixed(1)
    this.root.dataset.total = total
  }

  paint() {
    this.place = undefined
    this.field.className = `tokens ${this.view}`
    this.field.replaceChildren(...this.tokens.map((token, place) => mark(token, place, this.view)))
  }

  show(view) {
    this.view = view
    this.mark()
    if (this.tokens) this.paint()
  }

  mark() {
    for (const button of this.root.querySelectorAll(".views button")) {
      button.setAttribute("aria-checked", String(button.dataset.view === this.view))
    }
  }

  // From token to token by keys; the one that is looked at is marked, and told by the line above.
  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key]
    if (!step || !this.tokens?.length) return
    event.preventDefault()
    this.field.children[this.place]?.classList.remove("here")
    this.place = Math.min(this.tokens.length - 1, Math.max(0, (this.place ?? -1) + step))
    const element = this.field.children[this.place]
    element.classList.add("here")
    element.scrollIntoView({ block: "nearest" })
    this.point(element)
  }

  point(element) {
    const token = this.tokens?.[element.dataset?.place]
    if (!token) return
    const whole = token.whole ? ` · part of ${JSON.stringify(token.whole)}` : ""
    const special = token.special ? " · special token" : ""
    const shown = token.text === null ? "" : ` · ${JSON.stringify(token.text)}`
    this.detail.textContent =
      `token ${number.format(Number(element.dataset.place) + 1)}${shown} · id ${token.id} · bytes ${hex(token.bytes)}${whole}${special}`
  }
}

// The tokens that are drawn, as the server says that they have changed: some go, some come, and more at the end.
function patched(drawn, { ids, lengths, patch: { at, gone, come } }) {
  const change = (old, sent) => [...old.slice(0, at), ...sent.slice(0, come), ...old.slice(at + gone)].slice(0, MOST).concat(sent.slice(come))
  return { ids: change(drawn.ids, ids), lengths: change(drawn.lengths, lengths) }
}

// Each token with its bytes; one whose bytes are no character alone knows the character that it is a part of.
function* tokens(bytes, { ids, lengths, specials }) {
  const named = new Set(specials)
  const list = []
  let at = 0
  lengths.forEach((length, i) => {
    const slice = bytes.subarray(at, (at += length))
    list.push({ id: ids[i], bytes: slice, text: decoded(slice), special: named.has(i) })
  })
  for (let i = 0; i < list.length; i++) {
    if (list[i].text !== null) continue
    const start = list[i].bytes.byteOffset
    for (let j = i + 1; j < Math.min(list.length, i + PARTS); j++) {
      const end = list[j].bytes.byteOffset + list[j].bytes.length
      const whole = decoded(bytes.subarray(start, end))
      if (whole === null) continue
      for (let k = i; k <= j; k++) list[k].whole = whole
      i = j
      break
    }
  }
  yield* list
}

function decoded(bytes) {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

function mark(token, place, view) {
  const element = document.createElement("i")
  element.dataset.place = place
  if (token.special) element.className = "special"
  if (view === "ids") element.textContent = token.id
  else if (view === "bytes") element.textContent = hex(token.bytes)
  else if (token.text === null) {
    element.className = "part"
    element.textContent = hex(token.bytes)
  } else element.textContent = visible(token.text)
  return element
}

// Blanks as dots, after which a line may end; other white space has a sign before it.
function visible(text) {
  return text.replace(/ /g, "·\u200b").replace(/\n/g, "↵\n").replace(/\t/g, "⇥\t")
}

function count(value, label) {
  const element = document.createElement("div")
  element.className = "count"
  const figure = document.createElement("b")
  figure.textContent = value
  const name = document.createElement("span")
  name.textContent = label
  element.append(figure, name)
  return element
}

function hex(bytes) {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join(" ")
}
