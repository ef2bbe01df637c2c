"""Which answer codes of SEFAZ are known, and what each says about a document (fatos/cte.md section 5).

A code that is in no set here is unknown: it never demotes a document and never promotes one (SEFAZ-03).
Codes are strings: since NT 2025.001 they have three or four digits.
"""

AUTORIZADO = frozenset({"100", "150"})
"""150 is a NF-e code; where it ever comes with protocol and digest it is treated as 100 (section 5.1)."""

CANCELADO = frozenset({"101"})
EVENTO_ACEITO = frozenset({"134", "135", "136", "155"})
"""136 is the success of events on documents not known yet; 155 counts only with a protocol (section 5.2)."""

CONSULTAR = frozenset({"204", "216", "217", "218", "539", "600", "631", "640", "641"})
"""The "already there" family: a look-up decides, never the code alone."""

TENTAR_DEPOIS = frozenset({"108", "109", "997", "999"})
"""Nothing was recorded: the same bytes go again after the retry time."""

CONSUMO_INDEVIDO = frozenset({"656", "678"})
"""Nothing to that service for an hour (section 3.6)."""

CERTIFICADO = frozenset({"280", "281", "282", "283", "284", "285", "286", "296"})
"""The certificate of the connection, or the authority's revocation list: says nothing of the document."""

DENEGADO = frozenset({"110", "205", "301", "302", "303"})
"""Legacy denial of use, extinct in 4.00: a mark beside the state, no eighth state (CTE-16)."""

# Every rejection number of MOC 4.00 Anexo I and Visao Geral, and of the NTs named in fatos/cte.md section 10,
# less those of the sets above.
REJEICOES = (
    frozenset(
        """
    110 203 205 207 208 209 210 212 213 214 215 219 220 222 227 228 229 230 231 232 235 236 237 239 240 243 244
    247 251 252 253 267 269 290 291 292 293 294 295 297 298 301 302 303 310 311 318 323 327 360 365 402 404 410
    414 415 416 418 419 421 422 424 426 427 428 429 431 432 434 435 436 437 439 440 442 443 444 445 447 448 456
    458 459 460 461 462 463 469 470 474 475 481 482 489 490 491 493 503 505 510 511 512 513 515 516 517 519 520
    521 522 523 524 525 526 527 528 530 531 532 533 534 535 536 537 540 541 542 543 550 551 552 553 559 560 563
    568 569 570 571 574 576 579 580 581 582 583 584 585 586 587 588 595 598 599 601 614 617 618 619 627 628 629
    630 632 633 634 635 636 637 638 639 642 643 644 645 646 647 648 649 650 651 652 653 655 657 659 660 661 662
    664 667 670 671 673 675 676 677 679 680 681 690 691 692 693 694 695 697 698 699 700 709 710 711 712 713 714
    715 716 717 718 719 720 721 722 723 724 725 726 727 728 729 730 731 732 733 734 737 738 739 740 741 742 743
    744 745 746 747 748 749 750 751 752 753 754 755 756 757 758 760 787 798 799 800 801 802 803 804 805 811 812
    813 814 815 824 825 826 827 828 829 830 831 832 834 835 836 837 838 839 840 841 842 843 844 845 847 849 850
    851 852 853 854 855 856 858 859 860 861 862 863 864 865 866 867 868 869 870 871 872 873 874 875 876 877 878
    879 880 881 882 883 884 885 886 887 888 889 890 898 899 900 901 902 904 905 906 907 908 909 910 911 912 913
    914 915 916 917 1051 1052 1053
    """.split()
    )
    - DENEGADO
)


def conhecido(codigo: str) -> bool:
    """Whether any table here names the code."""
    return any(codigo in grupo for grupo in _GRUPOS)


_GRUPOS = (
    AUTORIZADO,
    CANCELADO,
    EVENTO_ACEITO,
    CONSULTAR,
    TENTAR_DEPOIS,
    CONSUMO_INDEVIDO,
    CERTIFICADO,
    DENEGADO,
    REJEICOES,
)
