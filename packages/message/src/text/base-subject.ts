/** The subject threads are known by, and whether it says that the message answers or passes on another. */
export interface BaseSubject {
  readonly base: string
  /** A reply or forward: something but white space and tags was removed. RFC 5256 §3 (THREAD=REFERENCES, step 5). */
  readonly isReply: boolean
}

/** `subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"`. RFC 5256 §5. */
const REFWD = /(?:re|fwd?) *(?:\[[^[\]]*\] *)?:/iy
/** `subj-blob = "[" *BLOBCHAR "]" *WSP`. RFC 5256 §5. */
const BLOB = /\[[^[\]]*\] */y
const FWD_TRAILER = '(fwd)'
const FWD_HEADER = '[fwd:'

/**
 * The base subject of a decoded and unfolded Subject, exactly as SORT and THREAD must take it. RFC 5256 §2.1.
 *
 *     subject      = *subj-leader [subj-middle] *subj-trailer
 *     subj-middle  = *subj-blob (subj-base / subj-fwd)
 *     subj-leader  = (*subj-blob subj-refwd) / WSP
 *     subj-trailer = "(fwd)" / WSP
 *     subj-fwd     = subj-fwd-hdr subject subj-fwd-trl
 *
 * Time is linear: the text only shrinks, from both ends. The case of the base is kept; who compares folds it.
 */
export function baseSubject(subject: string): BaseSubject {
  // Step 1: tabs and line ends are spaces, of several one is left.
  const text = subject.replace(/[ \t\r\n]+/g, ' ')
  const lower = text.toLowerCase()
  // A character whose small form is longer would shift the places: its subject keeps its case.
  const folded = lower.length === text.length ? lower : text
  let start = 0
  let end = text.length
  let isReply = false
  for (;;) {
    // Step 2.
    for (;;) {
      if (end > start && text[end - 1] === ' ') end--
      else if (end - FWD_TRAILER.length >= start && folded.endsWith(FWD_TRAILER, end)) {
        end -= FWD_TRAILER.length
        isReply = true
      } else break
    }
    // Steps 3 to 5.
    const leaders = passLeaders(text, start, end)
    start = leaders.start
    isReply ||= leaders.isReply
    // Step 6. The blob a whole `[fwd: …]` looks like was left by step 4, because nothing stands behind it.
    const isForward = end - start > FWD_HEADER.length && folded.startsWith(FWD_HEADER, start) && text[end - 1] === ']'
    if (!isForward) return { base: text.slice(start, end), isReply }
    start += FWD_HEADER.length
    end--
    isReply = true
  }
}

/**
 * Steps 3 to 5: where what is left begins. Blobs go with the `re:` behind them, or each by itself as long as something
 * follows.
 */
function passLeaders(text: string, from: number, end: number): { readonly start: number; readonly isReply: boolean } {
  let start = from
  let isReply = false
  for (;;) {
    if (start < end && text[start] === ' ') {
      start++
      continue
    }
    let at = start
    /** Behind the blobs that may go, the last one staying when nothing follows it. */
    let last = start
    for (let next = matchEnd(BLOB, text, at, end); next > 0; next = matchEnd(BLOB, text, at, end)) {
      if (next < end) last = next
      at = next
    }
    const behind = matchEnd(REFWD, text, at, end)
    if (behind === 0) return { start: last, isReply }
    start = behind
    isReply = true
  }
}

/** Where a match at `at` ends; 0 without one before `end`. */
function matchEnd(pattern: RegExp, text: string, at: number, end: number): number {
  pattern.lastIndex = at
  return pattern.test(text) && pattern.lastIndex <= end ? pattern.lastIndex : 0
}
