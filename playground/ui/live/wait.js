// Counts down to the moment at which a provider will answer again.

const TICK_MS = 200
const counts = new WeakMap()

export default function ({ data, parentElement }) {
  const known = counts.get(parentElement)
  if (known?.seconds === data.seconds) return
  clearInterval(known?.timer)
  const until = performance.now() + data.seconds * 1000
  const show = () => {
    const left = Math.ceil((until - performance.now()) / 1000)
    parentElement.querySelector(".wait").textContent = left > 0 ? `in ${left} s` : ""
    if (left <= 0) clearInterval(timer)
  }
  const timer = setInterval(show, TICK_MS)
  show()
  counts.set(parentElement, { seconds: data.seconds, timer })
  return () => {
    clearInterval(timer)
    counts.delete(parentElement)
  }
}
