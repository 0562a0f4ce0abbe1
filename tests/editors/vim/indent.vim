" Takes the indentation of $FILE away, has Vim indent it, and writes that to $OUT.
set nocompatible
execute 'set runtimepath^=' . fnameescape($ROOT . '/editors/vim')
filetype plugin indent on
execute 'edit ' . fnameescape($FILE)
silent %substitute/^\s\+//e
silent normal! gg=G
execute 'silent write! ' . fnameescape($OUT)
qall!
