au BufRead,BufNewFile *.vpc setfiletype vpc
