import type { Octets } from '@mailwright/core'

/** Bounds of reports. */
export interface ReportLimits {
  /** Octets of a message that is returned whole. Default 50,000 (Postfix's bounce_size_limit): a failure must not cost as much as the message. Passed: only its header is returned. */
  readonly returned: Octets
  /** Octets of a header that is returned. Default 50,000: as above. Passed: it is cut at the end of a line. */
  readonly header: Octets
}

export const REPORT_LIMITS: ReportLimits = { returned: 50_000, header: 50_000 }
