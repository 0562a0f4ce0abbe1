;;; Writes what face every word of the file has, a run of one face a line, to $OUT.  -*- lexical-binding: t; -*-

(require 'subr-x)
(load (expand-file-name "editors/emacs/vpc-mode.el" (getenv "ROOT")) nil t)
(with-temp-buffer
  (insert-file-contents (getenv "FILE"))
  (vpc-mode)
  (font-lock-ensure)
  (let ((out "") (start (point-min)))
    (while (< start (point-max))
      (let* ((face (get-text-property start 'face))
             (end (min (or (next-single-property-change start 'face) (point-max))
                       (save-excursion (goto-char start) (line-beginning-position 2))))
             (run (string-trim (buffer-substring-no-properties start end))))
        (when (and face (not (string-empty-p run)))
          (setq out (concat out (format "%d %s %s\n" (line-number-at-pos start) face run))))
        (setq start end)))
    (write-region out nil (getenv "OUT") nil 'silent)))
