'use strict'
// Unpacks what is said about clean messages when one of them is opened, and lets arrow keys walk through the matrix. Everything
// else works without.
let fragments
async function unpack() {
  const packed = document.getElementById('fragments').content.textContent
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return (await new Response(stream).text()).split('\x1e')
}

async function fill(details) {
  const number = details.dataset.fragment
  if (number === undefined) return
  delete details.dataset.fragment
  fragments ??= unpack()
  const all = await fragments
  const title = details.querySelector('summary')
  const holder = document.createElement('template')
  holder.innerHTML = all[Number(number)] // made by smtpspec, everything from a server escaped in it
  details.replaceChildren(title, holder.content)
}

// The address names a pair or a message of one.
function follow() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (named instanceof HTMLDetailsElement) {
    named.open = true
    named.scrollIntoView()
  }
  const pair = named?.closest('.pair')
  for (const cell of document.querySelectorAll('.cell')) {
    if (pair && cell.hash === `#${pair.id}`) cell.setAttribute('aria-current', 'true')
    else cell.removeAttribute('aria-current')
  }
}

const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
function walk(event) {
  const step = steps[event.key]
  const cell = event.target.closest('.cell')
  if (!step || !cell) return
  const rows = [...document.querySelectorAll('.matrix tbody tr')].map((row) => [...row.querySelectorAll('td')])
  const row = rows.findIndex((one) => one.includes(cell.parentElement))
  const column = rows[row].indexOf(cell.parentElement)
  const next = rows[row + step[0]]?.[column + step[1]]?.querySelector('.cell')
  if (!next) return
  event.preventDefault()
  next.focus()
}

document.addEventListener('toggle', (event) => event.target.open && fill(event.target), true)
document.addEventListener('keydown', walk)
addEventListener('hashchange', follow)
follow()
