import type { ComplianceCase } from '../../kit/case.js'
import { accountLaws } from './accounts.js'
import { aclLaws } from './acl.js'
import { appendLaws } from './append.js'
import { bodyLaws } from './body.js'
import { changesLaws } from './changes.js'
import { closeLaws } from './close.js'
import { concurrencyLaws } from './concurrency.js'
import { copyLaws } from './copy.js'
import { deleteLaws } from './delete.js'
import { digestLaws } from './digest.js'
import { durableLaws } from './durable.js'
import { expungeLaws } from './expunge.js'
import { fetchLaws } from './fetch.js'
import { flagLaws } from './flags.js'
import { hintLaws } from './hints.js'
import { keywordLaws } from './keywords.js'
import { mailboxLaws } from './mailboxes.js'
import { metadataLaws } from './metadata.js'
import { modelLaws } from './model.js'
import { modSeqLaws } from './modseq.js'
import { moveLaws } from './move.js'
import { nameLaws } from './names.js'
import { objectIdLaws } from './object-ids.js'
import { quotaLaws } from './quota.js'
import { recentLaws } from './recent.js'
import { renameLaws } from './rename.js'
import { replaceLaws } from './replace.js'
import { saveDateLaws } from './save-dates.js'
import { sharingLaws } from './sharing.js'
import { stageLaws } from './stage.js'
import { statusLaws } from './status.js'
import { subscribeLaws } from './subscribe.js'
import { uidLaws } from './uid.js'

/**
 * What every MailStore must do, whatever keeps its mail. Run each law on a fixture of its own, under each variant:
 *
 *     for (const variant of variants) {
 *       describe(variant.title, () => {
 *         for (const law of mailStoreLaws) {
 *           test(law.id, () => law.run(variant.wrap(fixture()), check))
 *         }
 *       })
 *     }
 *
 * where `fixture()` makes a {@link Fixture} on fresh data. Any test runner serves; laws only resolve or reject.
 */
export const mailStoreLaws: readonly ComplianceCase[] = [
  ...mailboxLaws,
  ...subscribeLaws,
  ...renameLaws,
  ...deleteLaws,
  ...nameLaws,
  ...stageLaws,
  ...appendLaws,
  ...bodyLaws,
  ...digestLaws,
  ...uidLaws,
  ...flagLaws,
  ...keywordLaws,
  ...modSeqLaws,
  ...changesLaws,
  ...fetchLaws,
  ...saveDateLaws,
  ...objectIdLaws,
  ...statusLaws,
  ...recentLaws,
  ...copyLaws,
  ...moveLaws,
  ...replaceLaws,
  ...expungeLaws,
  ...hintLaws,
  ...metadataLaws,
  ...quotaLaws,
  ...aclLaws,
  ...sharingLaws,
  ...accountLaws,
  ...concurrencyLaws,
  ...durableLaws,
  ...closeLaws,
  ...modelLaws,
]
