// Counts down to a moment: at which a provider will answer again, or a limit is full again.

const TICK_MS = 200
const counts = new WeakMap()

const written = (left) => {
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60)]
  if (hours) return `${hours} h ${minutes} min`
  return minutes ? `${minutes} min ${left % 60} s` : `${left} s`
}

export default function ({ data, parentElement }) {
  const known = counts.get(parentElement)
  if (known?.seconds === data.seconds) return
  clearInterval(known?.timer)
  const until = performance.now() + data.seconds * 1000
  const show = () => {
    const left = Math.ceil((until - performance.now()) / 1000)
    parentElement.querySelector(".wait").textContent = left > 0 ? data.said.replace("{}", written(left)) : data.over
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
