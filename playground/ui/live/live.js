// Shows the lanes of one run as their text arrives. Text of a model only ever becomes text nodes.

const STATES = {
  queued: "Queued",
  connecting: "Connecting",
  thinking: "Thinking",
  streaming: "Streaming",
  done: "Done",
  cut: "Cut short",
  filtered: "Filtered",
  refused: "Refused",
  failed: "Failed",
  stopped: "Stopped",
}
const CONNECT_MS = 4000 // no event by then: event streams are blocked here
const SILENT_MS = 8000 // nothing new for so long is said
const GATHER_MS = 150 // lanes that end together are told together

const views = new WeakMap()
const feeds = new Map() // by URL: the components of one run share one connection

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement)
  if (view?.path !== data.path) {
    view?.close()
    view = new RunView(parentElement.querySelector(".live"), data)
    views.set(parentElement, view)
  }
  view.update(data, setTriggerValue)
  return () => {
    view.close()
    views.delete(parentElement)
  }
}

// One run as it arrives, kept from its start for components that come later.
class Feed {
  static of(url) {
    if (!feeds.has(url)) feeds.set(url, new Feed(url))
    return feeds.get(url)
  }

  constructor(url) {
    this.url = url
    this.texts = []
    this.states = new Map()
    this.views = new Set()
    this.source = new EventSource(url)
    this.patience = setTimeout(() => this.lost(), CONNECT_MS)
    this.source.onmessage = event => {
      clearTimeout(this.patience)
      this.connected = true
      this.receive(JSON.parse(event.data))
    }
    this.source.addEventListener("done", () => this.close())
    this.source.onerror = () => {
      // After a good start the browser connects again and goes on where it stopped, unless it is refused.
      if (!this.connected || this.source.readyState === EventSource.CLOSED) this.lost()
    }
  }

  receive({ texts = [], states = [] }) {
    this.texts.push(...texts)
    for (const state of states) this.states.set(state.lane, { ...state, at: performance.now() })
    this.views.forEach(view => view.receive(texts, states))
  }

  join(view) {
    this.views.add(view)
    const states = [...this.states.values()].map(({ at, ...state }) => {
      const since = state.ended || state.clock === null ? 0 : (performance.now() - at) / 1000
      return { ...state, clock: state.clock === null ? null : state.clock + since }
    })
    if (this.texts.length || states.length) view.receive(this.texts, states)
    if (this.isLost) view.lost(this.connected)
  }

  leave(view) {
    this.views.delete(view)
    if (this.views.size) return
    this.close()
    feeds.delete(this.url)
  }

  lost() {
    this.close()
    this.isLost = true
    this.views.forEach(view => view.lost(this.connected))
  }

  close() {
    clearTimeout(this.patience)
    this.source.close()
  }
}

// The lanes that one component shows.
class RunView {
  constructor(root, data) {
    this.path = data.path
    this.root = root
    this.cards = new Map(
      data.lanes.map(lane => [lane.index, new Card(lane, data, () => this.stop(lane.index))])
    )
    root.classList.toggle("bare", !data.framed)
    root.style.setProperty("--columns", Math.max(1, Math.min(data.columns, data.lanes.length)))
    root.querySelector(".cards").replaceChildren(...this.each(card => card.element))
    root.querySelector(".bar").hidden = !data.bar
    const all = root.querySelector(".stop-all")
    all.disabled = false
    all.onclick = () => {
      all.disabled = true
      this.stop("all")
    }
    this.untold = new Set()
    this.clock = setInterval(() => this.each(card => card.tick()), 100)
    this.feed = Feed.of(appRoot() + data.path)
  }

  each(act) {
    return [...this.cards.values()].map(act)
  }

  update(data, setTriggerValue) {
    this.known = new Set(data.known)
    this.tell = setTriggerValue
    for (const lane of data.lanes) this.cards.get(lane.index)?.name(lane)
    if (this.joined) return
    this.joined = true
    this.showCount()
    this.feed.join(this)
  }

  receive(texts, states) {
    for (const [lane, kind, text] of texts) this.cards.get(lane)?.add(kind, text)
    for (const state of states) this.show(this.cards.get(state.lane), state)
    this.each(card => card.follow())
    if (states.length) this.showCount()
  }

  show(card, state) {
    if (!card && this.cards.size) return // another component's; where none has cards, only ends are told
    const spoken = this.root.querySelector(".spoken")
    if (card?.show(state)) spoken.textContent = `${card.title}: ${STATES[state.state]}`
    if (!state.ended || this.known.has(state.lane)) return
    this.untold.add(state.lane)
    this.gather ??= setTimeout(() => this.tellEnded(), GATHER_MS)
  }

  tellEnded() {
    this.gather = null
    this.tell("ended", [...this.untold])
    this.untold.clear()
  }

  lost(wasConnected) {
    // After a good start it is the run or the session that has gone: the page looks again.
    if (wasConnected) this.tellEnded()
    else this.tell("blocked", true)
  }

  showCount() {
    const running = this.each(card => card.over).filter(over => !over).length
    const lanes = this.cards.size === 1 ? "lane" : "lanes"
    this.root.querySelector(".count").textContent = running
      ? `${running} of ${this.cards.size} ${lanes} running`
      : "All lanes have ended"
    this.root.querySelector(".bar").classList.toggle("over", running === 0)
  }

  async stop(lane) {
    const path = lane === "all" ? "/stop" : `/stop/${lane}`
    const answer = await fetch(this.feed.url + path, { method: "POST" }).catch(() => null)
    if (!answer?.ok) this.tell("stop", String(lane))
  }

  close() {
    clearInterval(this.clock)
    clearTimeout(this.gather)
    this.feed.leave(this)
  }
}

class Card {
  constructor(lane, { framed, labels }, stop) {
    this.framed = framed
    this.titleBox = make("span", "title")
    this.noteBox = make("span", framed ? "note" : "chip note")
    this.first = make("span", "first")
    this.chip = make("span", "chip state", STATES.queued)
    this.time = make("span", "clock")
    this.stopButton = make("button", "stop", "Stop")
    this.stopButton.type = "button"
    this.stopButton.onclick = () => {
      this.stopButton.disabled = true
      stop()
    }
    this.heardAt = performance.now()
    this.body = this.makeBody()
    this.element = make("section", "card")
    this.element.append(...(framed ? this.ownHead() : this.headAsEnded(labels)), this.body)
    this.name(lane)
  }

  ownHead() {
    return [
      group("head", this.titleBox, this.noteBox, this.first),
      group("status", this.chip, this.time, this.stopButton),
    ]
  }

  // Chips and figures as an ended lane has them, in a card that the page draws.
  headAsEnded(labels) {
    const shown = ["…", this.first, this.time, "…"]
    const list = make("dl", "so-far")
    labels.forEach((label, index) => {
      const figure = make("dd")
      figure.append(shown[index])
      list.append(group("", make("dt", "", label), figure))
    })
    return [group("chips", this.chip, this.noteBox, this.stopButton), list]
  }

  makeBody() {
    const summary = make("summary", "", "Reasoning")
    summary.onclick = () => (this.toggled = true)
    const thoughts = make("div", "thoughts")
    this.reasoning = make("details", "reasoning")
    this.reasoning.append(summary, thoughts)
    this.reasoning.hidden = true
    this.reasoning.open = true
    const answer = make("div", "answer")
    this.flows = { reasoning: new Flow(thoughts), text: new Flow(answer) }
    this.message = make("div", "message")
    const body = group("body", this.reasoning, answer, this.message)
    body.tabIndex = 0
    body.setAttribute("role", "region")
    // A person who scrolls up reads on in peace; back at the end the text is followed again.
    this.atEnd = true
    this.followedTo = 0
    body.onscroll = () => {
      this.atEnd = body.scrollHeight - body.scrollTop - body.clientHeight < 16
      if (this.atEnd) this.followedTo = body.scrollTop
    }
    return body
  }

  name({ title, note, kind }) {
    this.title = title
    this.titleBox.textContent = title
    this.noteBox.textContent = note
    this.noteBox.dataset.state = kind
    this.element.setAttribute("aria-label", title)
    this.body.setAttribute("aria-label", `Answer of ${title}`)
    this.noteBox.hidden = !note && !this.framed
    this.stopButton.setAttribute("aria-label", `Stop ${title}`)
  }

  add(kind, text) {
    this.grown = true
    this.heardAt = performance.now()
    if (kind === "reasoning") {
      this.reasoning.hidden = false
      this.flows.reasoning.add(text)
      return
    }
    if (kind === "thought") {
      // A closing tag without an opening one: what was drawn as the answer was reasoning.
      this.flows.reasoning.take(this.flows.text)
      this.reasoning.hidden = false
      if (!this.toggled) this.reasoning.open = true
      this.answering = false
      return
    }
    if (!this.answering) {
      this.answering = true
      if (!this.toggled) this.reasoning.open = false
      this.followedTo = 0
    }
    this.flows.text.add(text, kind === "tool" ? "tool" : "")
  }

  show({ state, ended, clock, first_text, message }) {
    const changed = this.state !== state
    this.state = state
    this.over = ended
    this.element.dataset.state = state
    this.element.classList.toggle("over", ended)
    this.heardAt = performance.now()
    this.say(state, STATES[state] ?? state)
    this.startedAt = clock === null ? null : performance.now() - clock * 1000
    this.final = ended ? clock : null
    const said = first_text === null ? "" : seconds(first_text, 2)
    this.first.textContent = this.framed ? said && `first text ${said}` : said || "…"
    if (message) {
      this.message.textContent = message
      this.grown = true
    }
    this.tick()
    return changed
  }

  tick() {
    if (this.startedAt == null) return
    if (this.over && this.stopped === this.final) return
    this.stopped = this.final
    const shown = this.over ? this.final : (performance.now() - this.startedAt) / 1000
    this.time.textContent = seconds(shown, this.over ? 2 : 1)
    const silent = performance.now() - this.heardAt
    if (!this.over && silent > SILENT_MS) this.say("silent", `Silent for ${(silent / 1000).toFixed(0)} s`)
    else if (!this.over && this.said === "silent") this.say(this.state, STATES[this.state])
  }

  say(state, words) {
    this.said = state
    this.chip.dataset.state = state
    this.chip.textContent = words
  }

  follow() {
    if (!this.grown) return
    this.grown = false
    if (this.body.scrollTop < this.followedTo - 4) this.atEnd = false // scrolled, its event on the way
    if (!this.atEnd) return
    this.body.scrollTop = this.body.scrollHeight
    this.followedTo = this.body.scrollTop
  }
}

// Text line by line, lightly formatted; only the line that still grows is ever drawn again.
class Flow {
  constructor(box) {
    this.box = box
    this.box.replaceChildren()
    this.raw = ""
    this.line = null
    this.inFence = false
  }

  add(text, className = "") {
    text.split("\n").forEach((piece, index) => {
      if (index > 0) this.end()
      if (piece === "" && index > 0) return
      this.line ??= this.box.appendChild(make("div", "line"))
      this.raw += piece
      this.draw(piece, className)
    })
  }

  end() {
    this.line ??= this.box.appendChild(make("div", "line"))
    if (/^\s*```/.test(this.raw)) this.inFence = !this.inFence
    this.raw = ""
    this.line = null
  }

  take(other) {
    this.box.append(...other.box.childNodes)
    Object.assign(this, { raw: other.raw, line: other.line, inFence: other.inFence })
    Object.assign(other, { raw: "", line: null, inFence: false })
  }

  draw(piece, className) {
    const { line, raw } = this
    if (className || this.inFence || !/[*`]|^\s*[#>|\-\d]/.test(raw)) {
      // Nothing to format: the new piece is appended and the rest left as it is.
      line.className = `line ${className || (this.inFence ? "code" : "")}`
      const last = line.lastChild
      if (last?.nodeType === Node.TEXT_NODE) last.appendData(piece)
      else line.append(className || this.inFence ? raw : piece)
      return
    }
    const { kind, text, depth } = shape(raw)
    line.className = `line ${kind}`
    if (kind === "item") line.style.setProperty("--depth", depth)
    line.replaceChildren(...inline(text))
  }
}

function shape(raw) {
  let found
  if (/^\s*```/.test(raw)) return { kind: "fence", text: raw }
  if ((found = /^#{1,6}\s+(.*)/.exec(raw))) return { kind: "heading", text: found[1] }
  if ((found = /^(\s*)[-*]\s+(.*)/.exec(raw)))
    return { kind: "item", text: `•\u2002${found[2]}`, depth: Math.floor(found[1].length / 2) }
  if ((found = /^(\s*)(\d+[.)])\s+(.*)/.exec(raw)))
    return { kind: "item", text: `${found[2]} ${found[3]}`, depth: Math.floor(found[1].length / 2) }
  if ((found = /^>\s?(.*)/.exec(raw))) return { kind: "quote", text: found[1] }
  if (/^\s*\|/.test(raw)) return { kind: "table", text: raw }
  return { kind: "", text: raw }
}

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\*[^\s*][^*]*\*)/
const TAGS = [["**", "strong"], ["*", "em"], ["`", "code"]]

function inline(text) {
  return text.split(INLINE).filter(Boolean).map(piece => {
    const tag = INLINE.test(piece) && TAGS.find(([mark]) => piece.startsWith(mark))
    if (!tag) return document.createTextNode(piece)
    return make(tag[1], "", piece.slice(tag[0].length, -tag[0].length))
  })
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text) element.textContent = text
  return element
}

function group(className, ...children) {
  const element = make("div", className)
  element.append(...children)
  return element
}

function seconds(value, digits) {
  return `${value.toFixed(digits)} s`
}

// Where the app lives, which a host may have put below a path: Streamlit's own scripts know.
function appRoot() {
  const script = document.querySelector('script[src*="static/js/"]')
  return script ? script.src.split("static/js/")[0] : `${location.origin}/`
}
