;;; Takes the indentation of $FILE away, has Emacs indent it, and writes that to $OUT.  -*- lexical-binding: t; -*-

(load (expand-file-name "editors/emacs/vpc-mode.el" (getenv "ROOT")) nil t)
(with-temp-buffer
  (insert-file-contents (getenv "FILE"))
  (vpc-mode)
  (goto-char (point-min))
  (while (re-search-forward "^[ \t]+" nil t)
    (replace-match ""))
  (indent-region (point-min) (point-max))
  (write-region nil nil (getenv "OUT") nil 'silent))
