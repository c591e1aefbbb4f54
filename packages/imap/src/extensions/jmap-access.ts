import type { Flow } from '@mailwright/core'
import { bad, ok, type Reply } from '../reply.js'
import { writeString } from '../response/strings.js'
import type { Session } from '../session.js'

/** RFC 9698 §4: where the same mail is served by JMAP. */
export function* jmapAccess(session: Session): Flow<Reply> {
  const { jmapUrl } = session.settings
  if (jmapUrl === null) return bad('No JMAP server is known.')
  session.untagged(`JMAPACCESS ${writeString(jmapUrl)}`)
  return ok('Getjmapaccess completed.')
}
