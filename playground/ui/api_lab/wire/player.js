// Plays an answer back at its own pace beside the list of its events; only the rows that are seen are in the page.

const ROW = 26 // pixels
const SPARE = 8 // rows above and below those that are seen
const FRAME_MS = 50
const TYPE = /"(?:event_type|type|object)"\s*:\s*"([^"]{1,60})"/
const number = new Intl.NumberFormat("en-US")

const players = new WeakMap()

export default function ({ data, parentElement }) {
  let player = players.get(parentElement)
  if (!player) {
    player = new Player(parentElement.querySelector(".player"))
    players.set(parentElement, player)
  }
  player.update(data)
  return () => {
    player.pause()
    players.delete(parentElement)
  }
}

class Player {
  constructor(root) {
    this.root = root
    const find = name => root.querySelector(name)
    this.button = find(".play")
    this.range = find("input[type=range]")
    this.clock = find(".clock")
    this.pace = find(".pace")
    this.words = find(".words")
    this.thought = find(".thought")
    this.text = find(".text")
    this.kind = find(".kind")
    this.search = find(".search")
    this.count = find(".count")
    this.list = find(".list")
    this.space = find(".space")
    this.raw = find(".raw")
    this.parsed = find(".parsed")
    this.button.onclick = () => (this.timer ? this.pause() : this.play())
    this.range.oninput = () => {
      this.pause()
      this.at(Number(this.range.value))
    }
    this.kind.onchange = this.search.oninput = () => this.filter()
    this.list.onscroll = () => this.draw()
    this.list.onclick = event => this.choose(Number(event.target.closest(".row")?.dataset.place))
    this.list.onkeydown = event => this.key(event)
  }

  update({ id, events, duration }) {
    if (id === this.id) return
    this.pause()
    this.id = id
    this.duration = Math.max(duration, events.at(-1)?.[0] ?? 0, 0.001)
    this.events = events.map(([at, name, data, thought, text]) => ({
      at, data, thought, text, name: name || data.match(TYPE)?.[1] || (text ? "text" : thought ? "reasoning" : "data"),
    }))
    this.ends = { thought: sums(this.events, "thought"), text: sums(this.events, "text") }
    this.whole = { thought: this.events.map(one => one.thought).join(""), text: this.events.map(one => one.text).join("") }
    const kinds = [...new Set(this.events.map(one => one.name))].sort()
    this.kind.replaceChildren(option("", "all"), ...kinds.map(kind => option(kind, kind)))
    this.range.max = this.duration
    this.root.dataset.total = this.events.length
    this.search.value = ""
    this.chosen = undefined
    this.filter()
    this.at(this.duration)
    this.choose(0)
  }

  play() {
    let from = Number(this.range.value)
    if (from >= this.duration) from = 0
    const began = performance.now()
    const pace = Number(this.pace.value)
    this.button.textContent = "Pause"
    this.timer = setInterval(() => {
      const now = from + ((performance.now() - began) / 1000) * pace
      this.at(Math.min(now, this.duration), true)
      if (now >= this.duration) this.pause()
    }, FRAME_MS)
    this.at(from, true)
  }

  pause() {
    clearInterval(this.timer)
    this.timer = undefined
    this.button.textContent = "Play"
  }

  // The answer as it stood at this moment.
  at(seconds, follow = false) {
    this.range.value = seconds
    this.came = upTo(this.events, seconds)
    this.clock.textContent = `${seconds.toFixed(3)} s · ${number.format(this.came)} events`
    this.thought.textContent = this.whole.thought.slice(0, this.ends.thought[this.came])
    this.text.textContent = this.whole.text.slice(0, this.ends.text[this.came])
    if (follow) {
      this.words.scrollTop = this.words.scrollHeight
      const row = upTo(this.rows, seconds)
      this.list.scrollTop = Math.max(0, row * ROW - this.list.clientHeight / 2)
    }
    this.draw()
  }

  filter() {
    const kind = this.kind.value
    const wanted = this.search.value.toLowerCase()
    const fits = one => (!kind || one.name === kind) && (!wanted || one.data.toLowerCase().includes(wanted))
    this.rows = this.events.map((one, index) => ({ ...one, index })).filter(fits)
    this.space.style.height = `${this.rows.length * ROW}px`
    this.count.textContent = `${number.format(this.rows.length)} of ${number.format(this.events.length)} events`
    this.list.scrollTop = 0
    this.draw()
  }

  draw() {
    if (!this.rows) return
    const first = Math.max(0, Math.floor(this.list.scrollTop / ROW) - SPARE)
    const last = Math.min(this.rows.length, Math.ceil((this.list.scrollTop + this.list.clientHeight) / ROW) + SPARE)
    const shown = []
    for (let place = first; place < last; place++) shown.push(this.row(place))
    this.space.replaceChildren(...shown)
    this.space.style.position = "relative"
  }

  row(place) {
    const one = this.rows[place]
    const element = document.createElement("div")
    element.className = one.index < this.came ? "row" : "row later"
    element.dataset.place = place
    element.style.top = `${place * ROW}px`
    element.setAttribute("role", "option")
    element.setAttribute("aria-selected", String(one.index === this.chosen))
    element.append(cell("at", one.at.toFixed(3)), cell("name", one.name), cell("data", one.data.slice(0, 300)))
    return element
  }

  choose(place) {
    const one = this.rows?.[place]
    if (!one) return
    this.chosen = one.index
    this.place = place
    this.raw.textContent = one.data
    this.parsed.textContent = pretty(one.data)
    this.draw()
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 9, PageUp: -9, Home: -Infinity, End: Infinity }[event.key]
    if (!step) return
    event.preventDefault()
    const place = Math.min(this.rows.length - 1, Math.max(0, (this.place ?? 0) + step))
    this.choose(place)
    const top = place * ROW
    if (top < this.list.scrollTop) this.list.scrollTop = top
    if (top + ROW > this.list.scrollTop + this.list.clientHeight) this.list.scrollTop = top + ROW - this.list.clientHeight
  }
}

// For each number of events that have come, the characters that they brought.
function sums(events, name) {
  const ends = [0]
  for (const one of events) ends.push(ends.at(-1) + one[name].length)
  return ends
}

// How many of these had come by then: they are in the order of time.
function upTo(events, seconds) {
  let low = 0, high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (events[middle].at <= seconds) low = middle + 1
    else high = middle
  }
  return low
}

function cell(name, text) {
  const element = document.createElement("span")
  element.className = name
  element.textContent = text
  return element
}

function option(value, text) {
  const element = document.createElement("option")
  element.value = value
  element.textContent = text
  return element
}

function pretty(data) {
  try {
    return JSON.stringify(JSON.parse(data), null, 2)
  } catch {
    return "This event is no JSON."
  }
}
