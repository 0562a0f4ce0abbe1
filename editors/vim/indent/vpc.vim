" Indentation of .vpc: two blanks a block, as `vpcc fmt` has it.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=VpcIndent(v:lnum) indentkeys=0{,0},0),!^F,o,O
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*VpcIndent')
  finish
endif

" What a line does to the depth, without its comment and its texts.
function! s:bare(lnum) abort
  return substitute(substitute(getline(a:lnum), '"\%(\\.\|[^"\\]\)*"\?', '', 'g'), '#.*', '', '')
endfunction

function! VpcIndent(lnum) abort
  let l:before = prevnonblank(a:lnum - 1)
  if l:before == 0
    return 0
  endif
  let l:text = s:bare(l:before)
  let l:depth = count(l:text, '{') - count(substitute(l:text, '^\s*}', '', ''), '}')
  let l:closes = s:bare(a:lnum) =~# '^\s*}'
  return max([0, indent(l:before) + (l:depth > 0 ? shiftwidth() : l:depth < 0 ? -shiftwidth() : 0) - (l:closes ? shiftwidth() : 0)])
endfunction
