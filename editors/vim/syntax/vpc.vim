" Syntax of .vpc, the language of vpcc. The words are those of grammar/keywords.txt.
if exists('b:current_syntax')
  finish
endif

" Words of the language count only where a statement or a part of one may start: any of them can be a name.
syn match vpcConnector /\%(\s\)\@1<=\%(across\|allow\|as\|asn\|at\|az\|by\|can\|cannot\|deny\|each\|elastic\|from\|in\|on\|reach\|to\|via\|was\)\ze\%(\s\|$\)/
syn match vpcConstant /\<\%(all\|any\|dedicated\|default\|interface\|internet\|nat\|none\|off\|self\|unencrypted\)\>[[:alnum:]_-]\@!/
syn match vpcProtocol /\<\%(icmp\|icmpv6\|tcp\|udp\)\>[[:alnum:]_-]\@!/
syn match vpcNumber /\<\d\+\%(\.\.\d\+\|-\d\+\|[KMGT]iB\)\?\>/
syn match vpcAddress /\%([[:alnum:]_.:-]\)\@1<!\%(\d\|{\a[[:alnum:]_-]*}\)\+\%(\.\%(\d\|{\a[[:alnum:]_-]*}\)\+\)\{3}\%(\/\d\+\)\?/ contains=vpcInterpolation
syn match vpcAddress /\%(\s\)\@1<=\%(\.\d\+\)\+/
syn match vpcAddress /\<\x*:[[:xdigit:]:.]*\%(\/\d\+\)\?/
syn match vpcPrefix /\%(\s\)\@1<=\/\d\+/
syn match vpcId /\<\%(ami\|vpc\|subnet\|sg\|pl\|eipalloc\)-\x\+\>/
syn match vpcStatement /\%(^\|[{;]\)\@1<=\s*\%(account\|acl\|assert\|at\|boot\|cidr\|customer\|defaults\|disk\|dns\|domain\|egress\|elastic\|endpoint\|env\|every\|existing\|flow-log\|gateway\|hostnames\|image\|imds\|ingress\|ipv6\|keep\|key\|let\|lockdown\|network\|node\|ntp\|output\|param\|peer\|policy\|private\|propagate\|public\|quota\|region\|role\|route\|routes\|servers\|sg\|share\|stack\|subnet\|support\|tags\|tenancy\|traffic\|type\|use\|vpn\)\ze\%([^[:alnum:]_-]\|$\)/
" What stands behind these is a name, whatever it looks like.
syn match vpcDeclaring /\%(^\|[{;]\)\@1<=\s*\%(customer\|endpoint\|flow-log\|gateway\|let\|network\|node\|output\|param\|peer\|sg\|subnet\|vpn\)\ze\s/ nextgroup=vpcName skipwhite
syn match vpcName /\a\%([[:alnum:]_-]\|{\a[[:alnum:]_-]*}\)*/ contained contains=vpcInterpolation
syn match vpcInterpolation /{\a[[:alnum:]_-]*}/
syn match vpcEscape /\\./ contained
syn region vpcText start=/"/ skip=/\\./ end=/"/ oneline contains=vpcInterpolation,vpcEscape
syn keyword vpcTodo TODO FIXME contained
syn match vpcComment /#.*/ contains=vpcTodo,@Spell

hi def link vpcStatement Statement
hi def link vpcDeclaring Statement
hi def link vpcName Identifier
hi def link vpcConnector Keyword
hi def link vpcConstant Constant
hi def link vpcProtocol Type
hi def link vpcNumber Number
hi def link vpcAddress Number
hi def link vpcPrefix Number
hi def link vpcId Special
hi def link vpcInterpolation PreProc
hi def link vpcEscape SpecialChar
hi def link vpcText String
hi def link vpcTodo Todo
hi def link vpcComment Comment

let b:current_syntax = 'vpc'
