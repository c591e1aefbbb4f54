/** What generated mail is made of. */
export const COMMON =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many off before must well back through years much where your way down should because long each just state those people too mr how little good world make very year still see own work men day get here old life both between being under three never know same last another while us might great go come since against right came take used himself few house american use place during high without again home around small however found mrs part school thought went say general once upon war every left got number course'.split(
    ' ',
  )
export const SYLLABLES = 'ka ro mi ten lo sha pre con ver dis ta ble ing or en al um ist ra ne gu fi pos tor'.split(' ')
export const FIRST_NAMES =
  'James Mary Robert Linda Michael Susan David Karen Nancy Daniel Lisa Paul Betty Mark Sandra George Ashley Kevin Donna Brian Emily Edward Carol Ronald Michelle Timothy Laura Jason Sarah Jeffrey Jose Zoe Andre Chloe'.split(
    ' ',
  )
export const LAST_NAMES =
  'Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis Schmidt Weber Fischer Dubois Moreau Rossi Ferrari Garcia Nowak Novak Ivanov'.split(
    ' ',
  )
export const DOMAINS = [
  'example.com',
  'example.org',
  'example.net',
  'mail.example.com',
  'lists.example.org',
  'corp.example',
  'uni.example',
]

/** Text beyond ASCII in the octets of its charset. */
export const EIGHT_BIT = [
  ['iso-8859-1', Buffer.from('Grüße aus Köln, déjà vu, mañana, Ångström ', 'latin1')],
  ['windows-1252', Buffer.from('naïve café \x93quoted\x94 \x96 résumé \x80 100 ', 'latin1')],
  ['koi8-r', Buffer.from('f0d2c9d7c5d42c20cdc9d22120fcd4cf20d4c5d3d420', 'hex')],
  ['iso-2022-jp', Buffer.from('1b2442467c4b5c386c244e257125722125481b284220', 'hex')],
  ['gb2312', Buffer.from('d6d0cec4b2e2cad4d3cabcfe20', 'hex')],
  ['shift_jis', Buffer.from('93fa967b8cea82cc83818362835b815b835720', 'hex')],
  ['utf-8', Buffer.from('Zażółć gęślą jaźń – 日本語のメール – Привет 👋 ')],
]

const encoded = (text) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`

export const ENCODED_WORDS = [
  encoded('Zażółć gęślą jaźń'),
  '=?iso-8859-1?Q?Gr=FC=DFe_aus_K=F6ln?=',
  '=?utf-8?Q?R=C3=A9sum=C3=A9_et_caf=C3=A9?=',
  '=?koi8-r?B?8NLJ18XULCDNydIh?=',
  '=?iso-2022-jp?B?GyRCRnxLXDhsGyhC?=',
  '=?gb2312?B?1tDOxLLiytQ=?=',
  encoded('日本語の件名です'),
]

export const ATTACHMENTS = [
  ['application/pdf', 'pdf'],
  ['image/jpeg', 'jpg'],
  ['application/zip', 'zip'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
]

export const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
