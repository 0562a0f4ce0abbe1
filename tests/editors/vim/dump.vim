" Writes what group every word of the file has, a run of one group a line, to $OUT.
set nocompatible
execute 'set runtimepath^=' . fnameescape($ROOT . '/editors/vim')
filetype plugin indent on
syntax on
execute 'edit ' . fnameescape($FILE)
if &filetype !=# 'vpc' || &commentstring !=# '# %s'
  verbose echo 'filetype is ' . &filetype
  cquit
endif

function! s:Group(line, column) abort
  return synIDattr(synID(a:line, a:column, 1), 'name')
endfunction

let s:out = []
for s:line in range(1, line('$'))
  let s:text = getline(s:line)
  let s:column = 1
  while s:column <= strlen(s:text)
    let s:group = s:Group(s:line, s:column)
    let s:end = s:column
    while s:end < strlen(s:text) && s:Group(s:line, s:end + 1) ==# s:group
      let s:end += 1
    endwhile
    let s:run = trim(s:text[s:column - 1 : s:end - 1])
    if s:group !=# '' && s:run !=# ''
      call add(s:out, printf('%d %s %s', s:line, s:group, s:run))
    endif
    let s:column = s:end + 1
  endwhile
endfor
call writefile(s:out, $OUT)
qall!
