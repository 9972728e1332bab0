const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
}

const superscript = (exponent: number): string =>
  Array.from(String(exponent), (sign) => superscripts[sign] ?? '').join('')

const minus = (text: string): string => text.replace('-', '−')

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, '\u202f')

const plain = (value: number, digits: number): string => {
  const rounded = Math.abs(Number(value.toPrecision(digits)))
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(rounded)))
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.')
  return `${value < 0 ? '−' : ''}${grouped(whole)}${fraction === undefined ? '' : `.${fraction}`}`
}

/** A number for people, to so many significant digits: 0.0123, 12 300, 1.2·10⁻⁷, −∞, n/a. */
export const formatNumber = (value: number, digits = 3): string => {
  if (Number.isNaN(value)) return 'n/a'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e-3 && size < 1e6)
    return Number.isInteger(value) && size < 1e5 ? minus(grouped(String(value))) : plain(value, digits)
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e')
  return minus(`${mantissa}·10${superscript(Number(exponent))}`)
}

/** A share of 0..1 in percent. */
export const formatPercent = (share: number): string =>
  Number.isFinite(share)
    ? `${share === 0 ? '0' : formatNumber(100 * share, share < 0.1 ? 2 : 3)}\u00a0%`
    : formatNumber(share)

/** A round number: the digits that it has, at most six, and powers of ten outside 0.001 to 10,000. */
export const formatRound = (value: number): string => {
  const exponent = Math.round(Math.log10(Math.abs(value)))
  const isPower = value !== 0 && Math.abs(Math.abs(value) / 10 ** exponent - 1) < 1e-9
  return isPower && Math.abs(exponent) > 3
    ? `${value < 0 ? '−' : ''}10${superscript(exponent)}`
    : formatNumber(Number(value.toPrecision(6)), 6)
        .replace(/(\.\d*?)0+(?=·|$)/, '$1')
        .replace(/\.(?=·|$)/, '')
}

const plural = (count: number, unit: string): string => `${count}\u00a0${unit}${count === 1 ? '' : 's'}`

/** A time for people: 0.4 s, 47 s, 3 min 5 s, 2 h 10 min. */
export const formatSeconds = (seconds: number): string => {
  if (!Number.isFinite(seconds) || seconds < 0) return formatNumber(seconds)
  if (seconds < 10) return `${Number(seconds.toFixed(1))}\u00a0s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}\u00a0s`
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`
  return `${Math.floor(whole / 3600)}\u00a0h ${Math.round((whole % 3600) / 60)}\u00a0min`
}

/** The date of an ISO time, to the minute: 2014-06-10 12:00 UTC. */
export const formatDate = (iso: string): string => {
  const time = Date.parse(iso)
  return Number.isNaN(time) ? iso : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A count with its noun: 1 seed, 3 seeds. */
export const formatCount = plural

/** Words in a row: a, b and c. */
export const formatList = (words: ReadonlyArray<string>): string =>
  words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`

/** Text as HTML, with the one subscript that the page uses. */
export const textHtml = (text: string): string => escapeHtml(text).replaceAll('λ_min', 'λ<sub>min</sub>')

/** Text made safe to stand in HTML, in attributes too. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
