// Counts down to a moment: at which a provider will answer again, or a limit is full again.

const TICK_MS = 200
const counts = new WeakMap()

const written = (left) => {
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60)]
  if (hours) return `${hours} h ${minutes} min`
  return minutes ? `${minutes} min ${left % 60} s` : `${left} s`
}

// Called again for every drawing of the page, with the same seconds or with what is left by then. A count ends by itself, at
// its end: a clean-up that came after the next drawing's call would end the count that is wanted.
export default function ({ data, parentElement }) {
  const known = counts.get(parentElement)
  clearInterval(known?.timer)
  const until = known?.seconds === data.seconds ? known.until : performance.now() + data.seconds * 1000
  const count = { seconds: data.seconds, until }
  const show = () => {
    const left = Math.ceil((until - performance.now()) / 1000)
    const place = parentElement.querySelector(".wait")
    if (place) place.textContent = left > 0 ? data.said.replace("{}", written(left)) : data.over
    return left > 0
  }
  if (show()) count.timer = setInterval(() => show() || clearInterval(count.timer), TICK_MS)
  counts.set(parentElement, count)
}
